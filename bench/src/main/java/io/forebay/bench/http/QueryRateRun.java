package io.forebay.bench.http;

import io.forebay.bench.report.CpuMeter;
import io.forebay.bench.report.Latencies;

/** One rate of one server: so many connections for so long. */
record QueryRateRun(int round, String server, int clients, double queriesPerSecond, Latencies latency,
        CpuMeter.Usage cpu) {

    double serverMicros() {
        return 1e6 * cpu.serverSeconds() / latency.count();
    }
}
