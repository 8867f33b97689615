package io.forebay.index.record;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * The value of a posting of a sparse vector's index: what happened, in order, to the rows of one chunk (65,536 rows,
 * named by their low 16 bits). Of a row the last entry counts, so a change is an append. Part of the format, little-endian:
 * <pre>
 *   value = entry*      entry = row:2 | weight:4 (float32; NaN: the row has the index no more)
 * </pre>
 */
final class WeightBlocks {
    static final int ENTRY_BYTES = 6;
    static final float REMOVED = Float.NaN;

    private WeightBlocks() {}

    /** Returns the place behind it. */
    static int put(byte[] target, int at, int row, float weight) {
        target[at] = (byte) row;
        target[at + 1] = (byte) (row >>> 8);
        Keys.INT_LE.set(target, at + 2, Float.floatToIntBits(weight));
        return at + ENTRY_BYTES;
    }

    static int row(byte[] value, int at) {
        return value[at] & 0xFF | (value[at + 1] & 0xFF) << 8;
    }

    static float weight(byte[] value, int at) {
        return Float.intBitsToFloat((int) Keys.INT_LE.get(value, at + 2));
    }

    static void check(int length) {
        if (length % ENTRY_BYTES != 0) {
            throw new RecordStoreException("a posting of a sparse vector has " + length + " bytes");
        }
    }

    /**
     * What counts of a value.
     *
     * @param seen scratch of {@link PostingBlocks#WORDS}
     * @param dead tells of the low 16 bits of a row
     */
    static byte[] clean(byte[] stored, long[] seen, IntPredicate dead) {
        check(stored.length);
        Arrays.fill(seen, 0);
        byte[] kept = new byte[stored.length];
        int from = kept.length;
        for (int at = stored.length - ENTRY_BYTES; at >= 0; at -= ENTRY_BYTES) {
            int row = row(stored, at);
            boolean isLast = (seen[row >>> 6] & 1L << row) == 0;
            seen[row >>> 6] |= 1L << row;
            if (isLast && !Float.isNaN(weight(stored, at)) && !dead.test(row)) {
                from -= ENTRY_BYTES;
                System.arraycopy(stored, at, kept, from, ENTRY_BYTES);
            }
        }
        return Arrays.copyOfRange(kept, from, kept.length);
    }
}
