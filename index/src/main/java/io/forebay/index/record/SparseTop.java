package io.forebay.index.record;

import java.util.Arrays;

/**
 * The k smallest distances offered, of equal ones those of the lower rows. A heap of longs: the distance in the upper half,
 * as an int of the same order, the row in the lower.
 *
 * <p>Not thread-safe.
 */
final class SparseTop {
    private final int k;
    /** The largest is the first. */
    private long[] heap;
    private int size;

    SparseTop(int k) {
        this.k = k;
        this.heap = new long[Math.min(k, 1024)];
    }

    /** A distance that is not a number is the largest. */
    void offer(int row, float distance) {
        long entry = (long) ordered(Float.floatToIntBits(distance)) << 32 | row;
        if (size < k) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, (int) Math.min(k, 2L * size));
            }
            up(entry);
        } else if (k > 0 && entry < heap[0]) {
            down(entry);
        }
    }

    private void up(long entry) {
        int at = size++;
        while (at > 0 && heap[(at - 1) / 2] < entry) {
            heap[at] = heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        heap[at] = entry;
    }

    private void down(long entry) {
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && heap[child + 1] > heap[child]) {
                child++;
            }
            if (heap[child] <= entry) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = entry;
    }

    private static int ordered(int bits) {
        return bits ^ (bits >> 31 & Integer.MAX_VALUE);
    }

    SparseHits finish() {
        long[] sorted = Arrays.copyOf(heap, size);
        Arrays.sort(sorted);
        int[] rows = new int[size];
        float[] distances = new float[size];
        for (int i = 0; i < size; i++) {
            rows[i] = (int) sorted[i];
            distances[i] = Float.intBitsToFloat(ordered((int) (sorted[i] >> 32)));
        }
        return new SparseHits(rows, distances);
    }
}
