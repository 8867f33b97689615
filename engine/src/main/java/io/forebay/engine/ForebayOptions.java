package io.forebay.engine;

import io.forebay.model.Durability;

/**
 * How a store behaves. Immutable; the {@code with…} methods give changed copies. Every field is a limit or a choice
 * with a default that a careful person would make.
 *
 * @param durability            when a write is acknowledged, unless the request says otherwise
 * @param batchIngest           acknowledge from the log (true) or only when linked (false), unless the collection says
 *                              otherwise
 * @param indexerThreads        threads that apply and link
 * @param linkSharePercentMin   of the indexers' time that linking keeps while batches arrive on a full machine: 1 to 100
 * @param queryThreads          threads that read
 * @param extentBytes           size of one file of the log: 1 MiB to 1 GiB
 * @param checkpointIntervalMillis longest time between checkpoints while something changes
 * @param checkpointBytes       log bytes applied since the last checkpoint that cause the next one
 * @param rangeQueueMax         ranges waiting per collection; beyond it the queue keeps "from here to the end of log"
 * @param logBytesMax           log bytes not yet applied, all collections: beyond it writes answer BACKOFF
 * @param diskReserveBytes      free space below which writes answer INSUFFICIENT_STORAGE; reads go on
 * @param batchRecordsMax       records of one batch
 * @param dimensionMax          components of an embedding
 * @param readTimeoutMillis     longest wait of a read for a position
 * @param boundedWaitMillis     longest wait of a read at level index_and_bounded_wal
 * @param rocksCacheBytes       block cache and write buffers of the record segments together
 */
public record ForebayOptions(Durability durability, boolean batchIngest, int indexerThreads,
        int linkSharePercentMin, int queryThreads,
        long extentBytes, long checkpointIntervalMillis, long checkpointBytes, int rangeQueueMax,
        long logBytesMax,
        long diskReserveBytes, int batchRecordsMax, int dimensionMax, long readTimeoutMillis,
        long boundedWaitMillis, long rocksCacheBytes, IdempotencyOptions idempotency, LogOptions log,
        IndexOptions index, PressureOptions pressure, CatalogLimits catalog) {

    public static ForebayOptions defaults() {
        int cores = Runtime.getRuntime().availableProcessors();
        return new ForebayOptions(Durability.SYNC, true, cores, 20, Math.max(2, cores), 256L << 20, 30_000,
                256L << 20, 1024, 8L << 30, 2L << 30, 1_000_000, 16_384, 60_000, 50, 512L << 20,
                IdempotencyOptions.defaults(), LogOptions.defaults(), IndexOptions.defaults(),
                PressureOptions.defaults(), CatalogLimits.defaults());
    }

    public ForebayOptions {
        check(indexerThreads >= 1, "indexerThreads", indexerThreads, "at least 1");
        check(linkSharePercentMin >= 1 && linkSharePercentMin <= 100, "linkSharePercentMin",
                linkSharePercentMin, "1 to 100");
        check(queryThreads >= 1, "queryThreads", queryThreads, "at least 1");
        check(extentBytes >= 1 << 20 && extentBytes <= 1 << 30, "extentBytes", extentBytes, "1 MiB to 1 GiB");
        check(checkpointIntervalMillis >= 1, "checkpointIntervalMillis", checkpointIntervalMillis,
                "at least 1");
        check(checkpointBytes >= 1, "checkpointBytes", checkpointBytes, "at least 1");
        check(rangeQueueMax >= 2, "rangeQueueMax", rangeQueueMax, "at least 2");
        check(logBytesMax >= 1, "logBytesMax", logBytesMax, "at least 1");
        check(diskReserveBytes >= 0, "diskReserveBytes", diskReserveBytes, "at least 0");
        check(batchRecordsMax >= 1, "batchRecordsMax", batchRecordsMax, "at least 1");
        check(dimensionMax >= 1 && dimensionMax <= 1 << 16, "dimensionMax", dimensionMax, "1 to 65536");
        check(readTimeoutMillis >= 1, "readTimeoutMillis", readTimeoutMillis, "at least 1");
        check(boundedWaitMillis >= 0, "boundedWaitMillis", boundedWaitMillis, "at least 0");
        check(rocksCacheBytes >= 1 << 20, "rocksCacheBytes", rocksCacheBytes, "at least 1 MiB");
    }

    private static void check(boolean ok, String name, long value, String range) {
        if (!ok) {
            throw new IllegalArgumentException(name + " is " + value + ", must be " + range);
        }
    }

    public ForebayOptions withDurability(Durability value) {
        return new ForebayOptions(value, batchIngest, indexerThreads, linkSharePercentMin,
                queryThreads, extentBytes, checkpointIntervalMillis, checkpointBytes,
                rangeQueueMax, logBytesMax, diskReserveBytes, batchRecordsMax, dimensionMax,
                readTimeoutMillis, boundedWaitMillis, rocksCacheBytes, idempotency, log, index, pressure,
                catalog);
    }

    public ForebayOptions withBatchIngest(boolean value) {
        return new ForebayOptions(durability, value, indexerThreads, linkSharePercentMin,
                queryThreads, extentBytes, checkpointIntervalMillis, checkpointBytes,
                rangeQueueMax, logBytesMax, diskReserveBytes, batchRecordsMax, dimensionMax,
                readTimeoutMillis, boundedWaitMillis, rocksCacheBytes, idempotency, log, index, pressure,
                catalog);
    }

    public ForebayOptions withIndexerThreads(int value) {
        return new ForebayOptions(durability, batchIngest, value, linkSharePercentMin,
                queryThreads, extentBytes, checkpointIntervalMillis, checkpointBytes,
                rangeQueueMax, logBytesMax, diskReserveBytes, batchRecordsMax, dimensionMax,
                readTimeoutMillis, boundedWaitMillis, rocksCacheBytes, idempotency, log, index, pressure,
                catalog);
    }

    public ForebayOptions withLinkSharePercentMin(int value) {
        return new ForebayOptions(durability, batchIngest, indexerThreads, value, queryThreads,
                extentBytes, checkpointIntervalMillis, checkpointBytes, rangeQueueMax,
                logBytesMax, diskReserveBytes, batchRecordsMax, dimensionMax, readTimeoutMillis,
                boundedWaitMillis, rocksCacheBytes, idempotency, log, index, pressure, catalog);
    }

    public ForebayOptions withQueryThreads(int value) {
        return new ForebayOptions(durability, batchIngest, indexerThreads, linkSharePercentMin,
                value, extentBytes, checkpointIntervalMillis, checkpointBytes, rangeQueueMax,
                logBytesMax, diskReserveBytes, batchRecordsMax, dimensionMax, readTimeoutMillis,
                boundedWaitMillis, rocksCacheBytes, idempotency, log, index, pressure, catalog);
    }

    public ForebayOptions withExtentBytes(long value) {
        return new ForebayOptions(durability, batchIngest, indexerThreads, linkSharePercentMin,
                queryThreads, value, checkpointIntervalMillis, checkpointBytes, rangeQueueMax,
                logBytesMax, diskReserveBytes, batchRecordsMax, dimensionMax, readTimeoutMillis,
                boundedWaitMillis, rocksCacheBytes, idempotency, log, index, pressure, catalog);
    }

    public ForebayOptions withCheckpointIntervalMillis(long value) {
        return new ForebayOptions(durability, batchIngest, indexerThreads, linkSharePercentMin,
                queryThreads, extentBytes, value, checkpointBytes, rangeQueueMax, logBytesMax,
                diskReserveBytes, batchRecordsMax, dimensionMax, readTimeoutMillis,
                boundedWaitMillis, rocksCacheBytes, idempotency, log, index, pressure, catalog);
    }

    public ForebayOptions withCheckpointBytes(long value) {
        return new ForebayOptions(durability, batchIngest, indexerThreads, linkSharePercentMin,
                queryThreads, extentBytes, checkpointIntervalMillis, value, rangeQueueMax,
                logBytesMax, diskReserveBytes, batchRecordsMax, dimensionMax, readTimeoutMillis,
                boundedWaitMillis, rocksCacheBytes, idempotency, log, index, pressure, catalog);
    }

    public ForebayOptions withRangeQueueMax(int value) {
        return new ForebayOptions(durability, batchIngest, indexerThreads, linkSharePercentMin,
                queryThreads, extentBytes, checkpointIntervalMillis, checkpointBytes, value,
                logBytesMax, diskReserveBytes, batchRecordsMax, dimensionMax, readTimeoutMillis,
                boundedWaitMillis, rocksCacheBytes, idempotency, log, index, pressure, catalog);
    }

    public ForebayOptions withLogBytesMax(long value) {
        return new ForebayOptions(durability, batchIngest, indexerThreads, linkSharePercentMin,
                queryThreads, extentBytes, checkpointIntervalMillis, checkpointBytes,
                rangeQueueMax, value, diskReserveBytes, batchRecordsMax, dimensionMax,
                readTimeoutMillis, boundedWaitMillis, rocksCacheBytes, idempotency, log, index, pressure,
                catalog);
    }

    public ForebayOptions withDiskReserveBytes(long value) {
        return new ForebayOptions(durability, batchIngest, indexerThreads, linkSharePercentMin,
                queryThreads, extentBytes, checkpointIntervalMillis, checkpointBytes,
                rangeQueueMax, logBytesMax, value, batchRecordsMax, dimensionMax,
                readTimeoutMillis, boundedWaitMillis, rocksCacheBytes, idempotency, log, index, pressure,
                catalog);
    }

    public ForebayOptions withBatchRecordsMax(int value) {
        return new ForebayOptions(durability, batchIngest, indexerThreads, linkSharePercentMin,
                queryThreads, extentBytes, checkpointIntervalMillis, checkpointBytes,
                rangeQueueMax, logBytesMax, diskReserveBytes, value, dimensionMax,
                readTimeoutMillis, boundedWaitMillis, rocksCacheBytes, idempotency, log, index, pressure,
                catalog);
    }

    public ForebayOptions withDimensionMax(int value) {
        return new ForebayOptions(durability, batchIngest, indexerThreads, linkSharePercentMin,
                queryThreads, extentBytes, checkpointIntervalMillis, checkpointBytes,
                rangeQueueMax, logBytesMax, diskReserveBytes, batchRecordsMax, value,
                readTimeoutMillis, boundedWaitMillis, rocksCacheBytes, idempotency, log, index, pressure,
                catalog);
    }

    public ForebayOptions withReadTimeoutMillis(long value) {
        return new ForebayOptions(durability, batchIngest, indexerThreads, linkSharePercentMin,
                queryThreads, extentBytes, checkpointIntervalMillis, checkpointBytes,
                rangeQueueMax, logBytesMax, diskReserveBytes, batchRecordsMax, dimensionMax,
                value, boundedWaitMillis, rocksCacheBytes, idempotency, log, index, pressure, catalog);
    }

    public ForebayOptions withBoundedWaitMillis(long value) {
        return new ForebayOptions(durability, batchIngest, indexerThreads, linkSharePercentMin,
                queryThreads, extentBytes, checkpointIntervalMillis, checkpointBytes,
                rangeQueueMax, logBytesMax, diskReserveBytes, batchRecordsMax, dimensionMax,
                readTimeoutMillis, value, rocksCacheBytes, idempotency, log, index, pressure, catalog);
    }

    public ForebayOptions withRocksCacheBytes(long value) {
        return new ForebayOptions(durability, batchIngest, indexerThreads, linkSharePercentMin,
                queryThreads, extentBytes, checkpointIntervalMillis, checkpointBytes,
                rangeQueueMax, logBytesMax, diskReserveBytes, batchRecordsMax, dimensionMax,
                readTimeoutMillis, boundedWaitMillis, value, idempotency, log, index, pressure, catalog);
    }

    public ForebayOptions withIdempotency(IdempotencyOptions value) {
        return new ForebayOptions(durability, batchIngest, indexerThreads, linkSharePercentMin,
                queryThreads, extentBytes, checkpointIntervalMillis, checkpointBytes,
                rangeQueueMax, logBytesMax, diskReserveBytes, batchRecordsMax, dimensionMax,
                readTimeoutMillis, boundedWaitMillis, rocksCacheBytes, value, log, index, pressure, catalog);
    }

    public ForebayOptions withLog(LogOptions value) {
        return new ForebayOptions(durability, batchIngest, indexerThreads, linkSharePercentMin,
                queryThreads, extentBytes, checkpointIntervalMillis, checkpointBytes,
                rangeQueueMax, logBytesMax, diskReserveBytes, batchRecordsMax, dimensionMax,
                readTimeoutMillis, boundedWaitMillis, rocksCacheBytes, idempotency, value, index, pressure,
                catalog);
    }

    public ForebayOptions withIndex(IndexOptions value) {
        return new ForebayOptions(durability, batchIngest, indexerThreads, linkSharePercentMin,
                queryThreads, extentBytes, checkpointIntervalMillis, checkpointBytes,
                rangeQueueMax, logBytesMax, diskReserveBytes, batchRecordsMax, dimensionMax,
                readTimeoutMillis, boundedWaitMillis, rocksCacheBytes, idempotency, log, value, pressure,
                catalog);
    }

    public ForebayOptions withPressure(PressureOptions value) {
        return new ForebayOptions(durability, batchIngest, indexerThreads, linkSharePercentMin,
                queryThreads, extentBytes, checkpointIntervalMillis, checkpointBytes,
                rangeQueueMax, logBytesMax, diskReserveBytes, batchRecordsMax, dimensionMax,
                readTimeoutMillis, boundedWaitMillis, rocksCacheBytes, idempotency, log, index, value,
                catalog);
    }

    public ForebayOptions withCatalog(CatalogLimits value) {
        return new ForebayOptions(durability, batchIngest, indexerThreads, linkSharePercentMin,
                queryThreads, extentBytes, checkpointIntervalMillis, checkpointBytes,
                rangeQueueMax, logBytesMax, diskReserveBytes, batchRecordsMax, dimensionMax,
                readTimeoutMillis, boundedWaitMillis, rocksCacheBytes, idempotency, log, index, pressure,
                value);
    }
}
