package io.forebay.engine;

/**
 * What of the vector segments is in memory, outside the heap.
 *
 * @param codeBytes of loaded collections
 * @param graphBytes of loaded collections
 * @param cold collections that are not in memory: unloaded, or not opened since the start
 * @param unopened those of them that were not opened since the start
 * @param loads how often one was loaded again since the start
 * @param loadNanos nanoseconds spent in that
 * @param unloads how often one was unloaded since the start
 */
public record VectorMemory(long codeBytes, long graphBytes, int cold, int unopened, long loads,
        long loadNanos,
        long unloads) {}
