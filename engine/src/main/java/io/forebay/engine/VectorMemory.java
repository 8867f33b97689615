package io.forebay.engine;

/**
 * What of the vector segments is in memory, outside the heap.
 *
 * @param codeBytes of loaded collections
 * @param graphBytes of loaded collections
 * @param cold collections that are unloaded
 * @param loads how often one was loaded again since the start
 * @param loadNanos nanoseconds spent in that
 * @param unloads how often one was unloaded since the start
 */
public record VectorMemory(long codeBytes, long graphBytes, int cold, long loads, long loadNanos,
        long unloads) {}
