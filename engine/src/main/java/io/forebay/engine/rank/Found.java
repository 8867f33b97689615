package io.forebay.engine.rank;

/**
 * What one {@code $knn} found, nearest first, of equal distances the lower row; each row once. The arrays belong to the
 * receiver.
 */
@SuppressWarnings("ArrayRecordComponent")
public record Found(int[] rows, float[] distances) {
    public static final Found NOTHING = new Found(new int[0], new float[0]);
}
