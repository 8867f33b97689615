package io.forebay.server.overview;

import io.forebay.engine.EngineStats;
import io.forebay.engine.Forebay;
import io.forebay.engine.Health;
import io.forebay.engine.ResidentMemory;
import io.forebay.etl.Imports;
import io.forebay.etl.job.Job;
import io.forebay.server.lag.Sample;
import io.forebay.server.ops.ServerOps;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the whole server does at one moment.
 *
 * @param heapUsedBytes with garbage that was not collected yet
 * @param residentBytes of the process; 0 where the system does not say
 * @param jobs          null where imports are switched off
 */
public record Overview(long millis, long startedMillis, Health health, int collections,
        OverviewMonitor.Recent recent, int connections, Sample lag, EngineStats stats, long logBytesMax,
        long heapUsedBytes, long heapMaxBytes, long residentBytes, @Nullable Jobs jobs) {
    private static final int JOBS_MAX = 20;

    /** @param recent the newest ones, newest first */
    public record Jobs(int running, int waiting, List<Job> recent) {}

    /**
     * Looks at every collection, and asks the disk: not for a thread of the network.
     *
     * @param lag of the whole store, as of the last second
     */
    public static Overview of(Forebay engine, @Nullable Imports imports, OverviewMonitor monitor, Sample lag,
            int connections, ServerOps ops) {
        Runtime jvm = Runtime.getRuntime();
        return new Overview(System.currentTimeMillis(), monitor.startedMillis(), ops.with(engine.health()),
                engine.collectionCount(), monitor.recent(), connections, lag, engine.stats(),
                engine.options().logBytesMax(),
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), jvm.maxMemory(),
                ResidentMemory.bytes(), imports == null ? null : jobs(imports));
    }

    private static Jobs jobs(Imports imports) {
        Imports.Stats stats = imports.stats();
        return new Jobs(stats.working(), stats.queued(),
                imports.jobs(null, null, null, null, 0, JOBS_MAX).jobs());
    }
}
