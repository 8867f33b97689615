package io.forebay.bench.index;

import java.lang.management.ManagementFactory;

/** CPU time of one thread (NaN when several worked) and time on the wall. */
record Times(double cpuSeconds, double wallSeconds) {

    /** Something whose time is taken. */
    interface Work {
        void run() throws Exception;
    }

    /** Of this thread. */
    static Times of(Work work) throws Exception {
        long cpu = cpuNanos();
        long wall = System.nanoTime();
        work.run();
        return new Times((cpuNanos() - cpu) / 1e9, (System.nanoTime() - wall) / 1e9);
    }

    Times plus(Times other) {
        return new Times(cpuSeconds + other.cpuSeconds, wallSeconds + other.wallSeconds);
    }

    static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
