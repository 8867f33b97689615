package io.forebay.index.record;

/** What a search over sparse vectors found, nearest first, equal distances by row; the arrays belong to the caller. */
@SuppressWarnings("ArrayRecordComponent")
public record SparseHits(int[] rows, float[] distances) {}
