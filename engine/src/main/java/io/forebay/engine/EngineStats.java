package io.forebay.engine;

/**
 * Figures of the whole store at one moment.
 *
 * @param logBytes       log files on disk
 * @param logExtents     how many they are
 * @param logSyncs       syncs since the start
 * @param logSyncNanos   nanoseconds spent in them
 * @param logTornBytes   torn tail that recovery found and left out
 * @param recordBytes    record segments on disk
 * @param vectorBytes    vector segments on disk
 * @param pendingBytes   log bytes acked and not yet applied
 * @param skippedEntries entries of dropped collections that indexers skipped
 * @param idempotencyKeys how many are remembered
 * @param vectorMemory   what of the vector segments is in memory, outside the heap
 * @param pressure       how near the limits are
 */
public record EngineStats(long lastSeqId, long durableSeqId, long logBytes, int logExtents, long logSyncs,
        long logSyncNanos, long logTornBytes, long recordBytes, long vectorBytes, long pendingBytes,
        long skippedEntries, int idempotencyKeys, VectorMemory vectorMemory, PressureStats pressure) {}
