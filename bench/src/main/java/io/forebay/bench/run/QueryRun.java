package io.forebay.bench.run;

import io.forebay.bench.load.QueryLoad.Rate;
import io.forebay.bench.report.CpuMeter;
import org.jspecify.annotations.Nullable;

/**
 * One measurement of one target.
 *
 * @param round          0 for the one while linking was behind
 * @param recall         null where it was not taken
 * @param unlinkedBefore records that were not linked when it began
 * @param unlinkedAfter  and when it ended; in between every query scanned what was left
 * @param cpu            during the two rates
 */
record QueryRun(String target, int round, Rate one, Rate many, @Nullable Double recall, long unlinkedBefore,
        long unlinkedAfter, CpuMeter.Usage cpu) {

    /** Of this process, which holds the clients and, in process, the engine. */
    double ownCpuMicrosPerQuery() {
        return 1e6 * cpu.ownSeconds() / (one.queries() + many.queries());
    }

    double serverCpuMicrosPerQuery() {
        return 1e6 * cpu.serverSeconds() / (one.queries() + many.queries());
    }
}
