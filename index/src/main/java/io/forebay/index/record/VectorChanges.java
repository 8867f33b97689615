package io.forebay.index.record;

/**
 * What the vector segment must do before {@link Applier#commit}: append {@code count} vectors, the i-th being
 * embedding {@code embeddingIndexes[i]} of the {@code batches[i]}-th batch (0-based, counting the calls of
 * {@link Applier#add} that returned true) under ordinal {@code firstOrdinal + i}, for the record in row
 * {@code rows[i]}; then mark the killed ordinals dead, which may include some just appended.
 */
public record VectorChanges(int firstOrdinal, int count, int[] batches, int[] embeddingIndexes, int[] rows,
        int[] killedOrdinals) {}
