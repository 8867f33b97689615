package io.forebay.index.vector;

import java.util.Arrays;

/**
 * Keeps the k nearest of what is offered. A candidate is one long, the distance above and the ordinal below,
 * so that comparing longs is comparing distances with ties broken by ordinal; NaN is farther than everything.
 *
 * <p>Threads: one owner.
 */
final class NearestHeap {

    private final int k;
    private long[] keys;
    private int size;

    NearestHeap(int k) {
        this.k = k;
        this.keys = new long[Math.min(k, 1024)];
    }

    /** A float as an int of the same order; both zeros are one. */
    static int sortable(float distance) {
        int bits = Float.floatToIntBits(distance + 0.0f);
        return bits ^ ((bits >> 31) & 0x7fffffff);
    }

    static float distance(int sortable) {
        return Float.intBitsToFloat(sortable ^ ((sortable >> 31) & 0x7fffffff));
    }

    int size() {
        return size;
    }

    /** The greatest distance kept, once there are k. */
    float bound() {
        return size < k ? Float.POSITIVE_INFINITY : distance((int) (keys[0] >> 32));
    }

    void offer(float distance, int ordinal) {
        long key = ((long) sortable(distance) << 32) | ordinal;
        if (size < k) {
            if (size == keys.length) {
                keys = Arrays.copyOf(keys, (int) Math.min(k, 2L * size));
            }
            keys[size] = key;
            up(size++);
        } else if (key < keys[0]) {
            keys[0] = key;
            down();
        }
    }

    /** Empties the heap, nearest first. */
    Neighbors drain() {
        Arrays.sort(keys, 0, size);
        int[] ordinals = new int[size];
        float[] distances = new float[size];
        for (int i = 0; i < size; i++) {
            ordinals[i] = (int) keys[i];
            distances[i] = distance((int) (keys[i] >> 32));
        }
        size = 0;
        return new Neighbors(ordinals, distances);
    }

    private void up(int from) {
        long key = keys[from];
        int slot = from;
        while (slot > 0) {
            int parent = (slot - 1) >>> 1;
            if (keys[parent] >= key) {
                break;
            }
            keys[slot] = keys[parent];
            slot = parent;
        }
        keys[slot] = key;
    }

    private void down() {
        long key = keys[0];
        int slot = 0;
        for (int child = 1; child < size; child = 2 * slot + 1) {
            if (child + 1 < size && keys[child + 1] > keys[child]) {
                child++;
            }
            if (keys[child] <= key) {
                break;
            }
            keys[slot] = keys[child];
            slot = child;
        }
        keys[slot] = key;
    }
}
