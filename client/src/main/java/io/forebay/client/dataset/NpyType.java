package io.forebay.client.dataset;

import org.jspecify.annotations.Nullable;

/** The element types that are read and written. */
public enum NpyType {
    FLOAT16("<f2", 2), FLOAT32("<f4", 4), FLOAT64("<f8", 8), INT32("<i4", 4);

    private final String descr;
    private final int bytes;

    NpyType(String descr, int bytes) {
        this.descr = descr;
        this.bytes = bytes;
    }

    String descr() {
        return descr;
    }

    int bytes() {
        return bytes;
    }

    static @Nullable NpyType of(String descr) {
        for (NpyType type : values()) {
            if (type.descr.equals(descr)) {
                return type;
            }
        }
        return null;
    }
}
