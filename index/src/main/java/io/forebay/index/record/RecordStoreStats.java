package io.forebay.index.record;

/**
 * Counters of the record segment, as of now.
 *
 * @param bytesOnDisk            of live table files
 * @param unflushedBytes         in memory only: recovered from the log after a crash
 * @param blockCacheBytes        in use
 * @param tableReaderBytes       indexes and filters outside the block cache
 * @param pendingCompactionBytes estimated
 * @param flushesRunning         now
 * @param compactionsRunning     now
 * @param backgroundErrors       since it was opened
 * @param readersOpen            snapshots held by readers that were not closed yet
 */
public record RecordStoreStats(long bytesOnDisk, long unflushedBytes, long blockCacheBytes,
        long tableReaderBytes, long pendingCompactionBytes, long flushesRunning, long compactionsRunning,
        long backgroundErrors, int readersOpen) {}
