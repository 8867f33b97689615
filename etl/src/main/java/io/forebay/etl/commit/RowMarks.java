package io.forebay.etl.commit;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A set of row hashes in bounded memory, that may hold more than was put into it, but never less: a Bloom filter. Rows that
 * it holds wrongly stay until another sweep, which takes other bits of the hashes.
 *
 * <p>Threads: any.
 */
final class RowMarks {
    private static final int PROBES = 6;
    private static final int BITS_PER_ROW = 12;
    private static final long BITS_MIN = 1 << 16;
    /** 32 MiB. */
    private static final long BITS_MAX = 1L << 28;

    private final AtomicLongArray words;
    private final long mask;
    private final int from;

    /**
     * @param rows about how many there are
     * @param turn another number takes other bits of the hashes
     */
    RowMarks(long rows, int turn) {
        long wanted = Math.clamp(rows * BITS_PER_ROW, BITS_MIN, BITS_MAX);
        long bits = Long.highestOneBit(wanted - 1) << 1;
        words = new AtomicLongArray((int) (bits >> 6));
        mask = bits - 1;
        from = Math.floorMod(turn, Long.BYTES);
    }

    void mark(byte[] hash) {
        ByteBuffer in = ByteBuffer.wrap(hash);
        for (int i = 0; i < PROBES; i++) {
            long bit = bit(in, i);
            int word = (int) (bit >> 6);
            if ((words.getPlain(word) >> bit & 1) == 0) {
                words.getAndUpdate(word, old -> old | 1L << bit);
            }
        }
    }

    boolean isMarked(byte[] hash) {
        ByteBuffer in = ByteBuffer.wrap(hash);
        for (int i = 0; i < PROBES; i++) {
            long bit = bit(in, i);
            if ((words.get((int) (bit >> 6)) >> bit & 1) == 0) {
                return false;
            }
        }
        return true;
    }

    /** Four bytes of the hash from each place: they are as good as random. */
    private long bit(ByteBuffer hash, int probe) {
        return hash.getInt(from + 4 * probe) & mask;
    }
}
