package io.forebay.client;

/** Chroma's own answer about indexing: record operations in the vector index, and not yet. */
public record IndexingStatus(double progress, long unindexedOperations, long indexedOperations,
        long totalOperations) {}
