package io.forebay.index.record;

import java.util.Arrays;

/** Growing ints. Not thread-safe. */
final class IntList {
    private int[] values = new int[64];
    private int size;

    void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = value;
    }

    int size() {
        return size;
    }

    void truncate(int toSize) {
        size = toSize;
    }

    int[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
