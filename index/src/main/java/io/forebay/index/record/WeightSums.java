package io.forebay.index.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Adds up, row by row of one chunk, what the terms of a sparse query contribute.
 *
 * <p>Not thread-safe; used for one chunk after the other.
 */
final class WeightSums {
    private final float[] sums;
    /** Rows to which any term contributed, and those that the term being added was already asked about. */
    private final long[] touched;
    private final long[] seen;

    /** @param rows of the largest chunk */
    WeightSums(int rows) {
        sums = new float[rows];
        touched = new long[rows + 63 >>> 6];
        seen = new long[touched.length];
    }

    void clear() {
        Arrays.fill(sums, 0);
        Arrays.fill(touched, 0);
    }

    /** One term, times a factor. */
    void add(byte[] value, int length, float factor) {
        WeightBlocks.check(length);
        Arrays.fill(seen, 0);
        // From the end, since of a row the last entry counts.
        for (int at = length - WeightBlocks.ENTRY_BYTES; at >= 0; at -= WeightBlocks.ENTRY_BYTES) {
            int row = WeightBlocks.row(value, at);
            if (row >= sums.length) {
                throw new RecordStoreException("a posting of a sparse vector is of row " + row + " of "
                        + sums.length + " of its chunk");
            }
            long bit = 1L << row;
            if ((seen[row >>> 6] & bit) != 0) {
                continue;
            }
            seen[row >>> 6] |= bit;
            float weight = WeightBlocks.weight(value, at);
            if (!Float.isNaN(weight)) {
                touched[row >>> 6] |= bit;
                sums[row] += factor * weight;
            }
        }
    }

    /**
     * Offers one minus the sum of each row that has one.
     *
     * @param first  row of the chunk
     * @param among  null for all
     * @param except rows to pass over
     */
    void offer(SparseTop top, int first, @Nullable RoaringBitmap among, RoaringBitmap except) {
        for (int word = 0; word < touched.length; word++) {
            for (long bits = touched[word]; bits != 0; bits &= bits - 1) {
                int low = (word << 6) + Long.numberOfTrailingZeros(bits);
                int row = first + low;
                if ((among == null || among.contains(row)) && !except.contains(row)) {
                    top.offer(row, 1 - sums[low]);
                }
            }
        }
    }
}
