package io.forebay.index.vector;

import java.util.Random;

/**
 * Orders ordinals so that near vectors follow one another: inserting them in this order finds the rows of the last
 * insert in the processor's caches.
 *
 * <p>Recursive: a few members are drawn as pivots, every member goes to its nearest pivot, the pivots are walked from
 * one to the nearest not walked yet, and every group is ordered in the same way. About 16 code distances per member
 * and level, and log16(n) levels.
 */
final class LocalityOrder {

    private static final int PIVOTS = 16;
    private static final int SMALL = 24;
    private static final int DEPTH_MAX = 12;

    private final CodeRows rows;
    private final Random random;
    private final CodeQuery scratch = new CodeQuery();
    private final float[] distances = new float[PIVOTS];
    private final int[] buffer;
    private final byte[] groups;

    private LocalityOrder(CodeRows rows, int count, long seed) {
        this.rows = rows;
        this.random = new Random(seed);
        this.buffer = new int[count];
        this.groups = new byte[count];
    }

    /** Orders the first {@code count} elements in place. */
    static void sort(int[] ordinals, int count, CodeRows rows) {
        if (count > SMALL) {
            new LocalityOrder(rows, count, count).sort(ordinals, 0, count, 0);
        }
    }

    private void sort(int[] ordinals, int from, int to, int depth) {
        int count = to - from;
        if (count <= SMALL || depth == DEPTH_MAX) {
            return;
        }
        int[] pivots = pivots(ordinals, from, count);
        int[] sizes = assign(ordinals, from, to, pivots);
        int[] order = chain(pivots);
        int[] starts = new int[PIVOTS];
        int at = from;
        for (int group : order) {
            starts[group] = at;
            at += sizes[group];
        }
        scatter(ordinals, from, to, starts.clone());
        for (int group : order) {
            if (sizes[group] < count) {
                sort(ordinals, starts[group], starts[group] + sizes[group], depth + 1);
            }
        }
    }

    private int[] pivots(int[] ordinals, int from, int count) {
        int[] pivots = new int[PIVOTS];
        for (int i = 0; i < PIVOTS; i++) {
            pivots[i] = ordinals[from + random.nextInt(count)];
        }
        return pivots;
    }

    private int[] assign(int[] ordinals, int from, int to, int[] pivots) {
        int[] sizes = new int[PIVOTS];
        for (int i = from; i < to; i++) {
            CodeKernels.rowDistances(ordinals[i], rows, pivots, PIVOTS, distances, scratch);
            int nearest = 0;
            for (int pivot = 1; pivot < PIVOTS; pivot++) {
                if (distances[pivot] < distances[nearest]) {
                    nearest = pivot;
                }
            }
            groups[i] = (byte) nearest;
            sizes[nearest]++;
        }
        return sizes;
    }

    /** The pivots, each followed by the nearest of those that are left. */
    private int[] chain(int[] pivots) {
        int[] order = new int[PIVOTS];
        boolean[] used = new boolean[PIVOTS];
        int last = 0;
        used[0] = true;
        for (int i = 1; i < PIVOTS; i++) {
            CodeKernels.rowDistances(pivots[last], rows, pivots, PIVOTS, distances, scratch);
            int next = -1;
            for (int pivot = 0; pivot < PIVOTS; pivot++) {
                if (!used[pivot] && (next < 0 || distances[pivot] < distances[next])) {
                    next = pivot;
                }
            }
            order[i] = next;
            used[next] = true;
            last = next;
        }
        return order;
    }

    private void scatter(int[] ordinals, int from, int to, int[] next) {
        for (int i = from; i < to; i++) {
            buffer[next[groups[i]]++] = ordinals[i];
        }
        System.arraycopy(buffer, from, ordinals, from, to - from);
    }
}
