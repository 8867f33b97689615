package io.forebay.index.vector;

/**
 * The answer to one search, nearest first, equal distances by ordinal; the arrays belong to the caller.
 *
 * @param throughGraph false when all candidates were scanned
 */
@SuppressWarnings("ArrayRecordComponent")
public record Neighbors(int[] ordinals, float[] distances, boolean throughGraph) {

    public Neighbors(int[] ordinals, float[] distances) {
        this(ordinals, distances, false);
    }

    Neighbors foundThroughGraph() {
        return new Neighbors(ordinals, distances, true);
    }

    public int size() {
        return ordinals.length;
    }
}
