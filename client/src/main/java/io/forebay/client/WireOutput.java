package io.forebay.client;

import io.forebay.model.wire.FrameHeader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * Frames on their way to the socket, through one array that is sent when it is full: small frames go together, and a batch
 * passes through it in pieces that stay in the processor's cache. The JDK copies what is not outside the heap once more for the
 * kernel, whoever sends it.
 *
 * <p>Threads: one at a time.
 */
final class WireOutput {
    private static final int BYTES = 64 << 10;
    private static final int PADDING_MAX = 7;

    private final OutputStream out;
    private final byte[] bytes = new byte[BYTES];
    private final ByteBuffer view = ByteBuffer.wrap(bytes);
    private int size;

    WireOutput(OutputStream out) {
        this.out = out;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void put(byte[] raw) throws IOException {
        put(ByteBuffer.wrap(raw));
    }

    void put(FrameHeader header, byte[] head, ByteBuffer payload) throws IOException {
        if (BYTES - size < FrameHeader.BYTES) {
            flush();
        }
        header.write(view.position(size));
        size += FrameHeader.BYTES;
        if (head.length > 0) {
            put(ByteBuffer.wrap(head));
            int padding = FrameHeader.padded(head.length) - head.length;
            if (BYTES - size < PADDING_MAX) {
                flush();
            }
            for (int i = 0; i < padding; i++) {
                bytes[size++] = 0;
            }
        }
        put(payload.duplicate());
    }

    private void put(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            if (size == BYTES) {
                flush();
            }
            int piece = Math.min(from.remaining(), BYTES - size);
            from.get(bytes, size, piece);
            size += piece;
        }
    }

    void flush() throws IOException {
        if (size > 0) {
            int all = size;
            size = 0;
            out.write(bytes, 0, all);
            out.flush();
        }
    }
}
