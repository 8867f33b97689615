package io.forebay.bench.http;

import io.forebay.bench.report.CpuMeter;
import io.forebay.bench.report.Latencies;

/**
 * One load of one server that is new.
 *
 * @param residentBytesPeak the most memory that the server had, from its start
 */
record AddRun(int round, int batchRecords, int clients, long records, double recordsPerSecond,
        Latencies latency,
        long residentBytesPeak, CpuMeter.Usage cpu) {

    double residentMegabytes() {
        return residentBytesPeak / 1e6;
    }

    double serverMicrosPerRecord() {
        return 1e6 * cpu.serverSeconds() / records;
    }
}
