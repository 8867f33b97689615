package io.forebay.bench.run;

import io.forebay.bench.report.CpuMeter;
import io.forebay.bench.report.Latencies;

/**
 * One server, started, warmed up, loaded and (unless told otherwise) drained.
 *
 * @param ackedPerSecond  records over the time from the first call to the last answer
 * @param appliedSeconds  from the first call until everything was applied; NaN when that was not waited for
 * @param linkedSeconds   the same until everything was linked
 * @param ingestLagRecords acked and not yet applied when the last answer came
 * @param indexLagRecords acked and not yet linked when the last answer came
 * @param loadCpu         who used the processors during the load
 * @param drainCpu        and from the last answer until all was linked
 * @param cost            what the load made the server do
 */
record IngestRun(int round, boolean batchIngest, long records, double ackedPerSecond, Latencies ack,
        double loadSeconds, double appliedSeconds, double linkedSeconds, long ingestLagRecords,
        long indexLagRecords, double indexLagSeconds, CpuMeter.Usage loadCpu, CpuMeter.Usage drainCpu,
        IngestCost cost, long serverResidentBytesPeak) {

    double linkedPerSecond() {
        return records / linkedSeconds;
    }

    /** From the last answer on. */
    double appliedAfterLoadSeconds() {
        return appliedSeconds - loadSeconds;
    }

    /** Of server and client together. */
    double loadCpuMicrosPerRecord() {
        return 1e6 * (loadCpu.ownSeconds() + loadCpu.serverSeconds()) / records;
    }
}
