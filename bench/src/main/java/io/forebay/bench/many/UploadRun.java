package io.forebay.bench.many;

import io.forebay.bench.report.CpuMeter;
import io.forebay.bench.report.Latencies;

/**
 * All uploads of one case, one time, in one way.
 *
 * @param side        {@code one_by_one}, {@code at_once}, {@code one_collection} or {@code one_indexer}
 * @param seconds     from the first call to the end of the last upload
 * @param ack         of one batch
 * @param syncSeconds time in syncs of the log
 */
record UploadRun(int round, String part, String uploads, String side, long records, long batches,
        double seconds, Latencies ack, long syncs, double syncSeconds, CpuMeter.Usage cpu) {

    double recordsPerSecond() {
        return records / seconds;
    }

    double batchesPerSecond() {
        return batches / seconds;
    }

    /** Of client and server. */
    double cpuSeconds() {
        return cpu.ownSeconds() + cpu.serverSeconds();
    }

    /** That client and server together kept busy, on average. */
    double coresBusy() {
        return cpuSeconds() / cpu.wallSeconds();
    }
}
