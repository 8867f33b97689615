package io.forebay.bench.run;

import io.forebay.engine.EngineMetrics;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.atomic.LongAdder;

/**
 * Tells the CPU time that indexer threads spend on applying from what they spend on linking: the engine
 * reports each step at its end, on the thread that took it, and whatever CPU time that thread used since its
 * last report belongs to that step. Choosing the next step is in it; waiting is not, as it uses none.
 *
 * <p>Threads: called by indexers; read by any. A thread that never reported is not counted.
 */
final class IndexerCpu implements EngineMetrics {
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final ThreadLocal<long[]> lastNanos = ThreadLocal.withInitial(() -> new long[1]);
    private final LongAdder applyNanos = new LongAdder();
    private final LongAdder linkNanos = new LongAdder();
    private final LongAdder applied = new LongAdder();
    private final LongAdder linked = new LongAdder();

    /** What was counted so far. */
    record Counts(long applied, double applySeconds, long linked, double linkSeconds) {
        Counts minus(Counts earlier) {
            return new Counts(applied - earlier.applied, applySeconds - earlier.applySeconds,
                    linked - earlier.linked, linkSeconds - earlier.linkSeconds);
        }
    }

    @Override
    public void applied(int records, long nanos) {
        applyNanos.add(sinceLast());
        applied.add(records);
    }

    @Override
    public void linked(int records, long nanos) {
        linkNanos.add(sinceLast());
        linked.add(records);
    }

    private long sinceLast() {
        long[] last = lastNanos.get();
        long now = threads.getCurrentThreadCpuTime();
        long used = now - last[0];
        last[0] = now;
        return used;
    }

    Counts counts() {
        return new Counts(applied.sum(), applyNanos.sum() / 1e9, linked.sum(), linkNanos.sum() / 1e9);
    }
}
