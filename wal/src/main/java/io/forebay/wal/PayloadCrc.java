package io.forebay.wal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A frame's checksum in two steps: the payload's share before the log's lock is taken, the header's share under it. Used
 * again and again, allocates nothing. Threads: one at a time.
 */
final class PayloadCrc {
    private static final int CHUNK_BYTES = 8 << 10;
    private static final ThreadLocal<PayloadCrc> OWN = ThreadLocal.withInitial(PayloadCrc::new);

    private final CRC32C crc = new CRC32C();
    private final byte[] chunk = new byte[CHUNK_BYTES];

    /** The calling thread's. */
    static PayloadCrc ofThisThread() {
        return OWN.get();
    }

    /** Begins anew with this payload, which is left as it was. */
    PayloadCrc begin(ByteBuffer payload) {
        crc.reset();
        add(payload);
        return this;
    }

    void add(ByteBuffer bytes) {
        int begin = bytes.position();
        if (bytes.isDirect() || bytes.hasArray()) {
            crc.update(bytes);
        } else {
            // Read-only bytes of the heap, for which CRC32C would allocate.
            while (bytes.hasRemaining()) {
                int length = Math.min(CHUNK_BYTES, bytes.remaining());
                bytes.get(chunk, 0, length);
                crc.update(chunk, 0, length);
            }
        }
        bytes.position(begin);
    }

    /** Little-endian. */
    void add(long value) {
        for (int shift = 0; shift < 64; shift += 8) {
            crc.update((int) (value >>> shift) & 0xff);
        }
    }

    int value() {
        return (int) crc.getValue();
    }
}
