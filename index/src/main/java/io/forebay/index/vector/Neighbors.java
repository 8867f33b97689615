package io.forebay.index.vector;

/** The answer to one search, nearest first, equal distances by ordinal; the arrays belong to the caller. */
@SuppressWarnings("ArrayRecordComponent")
public record Neighbors(int[] ordinals, float[] distances) {

    public int size() {
        return ordinals.length;
    }
}
