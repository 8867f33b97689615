package io.forebay.engine;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * How much of their time the indexers may spend linking while batches arrive. Linking costs a hundred times what
 * acknowledging a record costs, so that on a machine that is full it would take most of the cores from those who wait for
 * an ack, and gain nothing by being early. So while batches arrive <em>and</em> no core is idle, its share goes down to
 * {@code shareMin}; when a core is idle it goes up again, and without new batches there is no limit. Never below the
 * minimum: the index always gets on.
 *
 * <p>Threads: any. The fields are independent hints; a lost update costs nothing.
 */
final class LinkGovernor {
    /** Batches "arrive" for so long after the last one. */
    private static final long ARRIVING_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final double FULL = 0.95;
    private static final double DOWN = 0.6;
    private static final double UP = 1.25;

    private final double shareMin;
    private final DoubleSupplier cpuLoad;
    private final LongSupplier nanoClock;
    private volatile long lastAppendNanos;
    private volatile boolean appendedEver;
    private volatile long lastSampleNanos;
    private volatile double share = 1;

    /**
     * @param shareMin of the indexers' time that linking keeps on a full machine: above 0, at most 1
     * @param cpuLoad  of the whole machine since the last call, 0 to 1; negative when not known
     */
    LinkGovernor(double shareMin, DoubleSupplier cpuLoad, LongSupplier nanoClock) {
        this.shareMin = shareMin;
        this.cpuLoad = cpuLoad;
        this.nanoClock = nanoClock;
        this.lastSampleNanos = nanoClock.getAsLong();
    }

    static LinkGovernor ofThisMachine(double shareMin) {
        OperatingSystemMXBean machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new LinkGovernor(shareMin, machine::getCpuLoad, System::nanoTime);
    }

    /** A batch came. */
    void appended() {
        lastAppendNanos = nanoClock.getAsLong();
        appendedEver = true;
    }

    /** How long a thread should keep from linking after a turn that took so long. */
    long pauseNanos(long turnNanos) {
        long now = nanoClock.getAsLong();
        if (!appendedEver || now - lastAppendNanos > ARRIVING_NANOS) {
            share = 1;
            return 0;
        }
        if (now - lastSampleNanos >= SAMPLE_NANOS) {
            lastSampleNanos = now;
            adjust(cpuLoad.getAsDouble());
        }
        double current = share;
        return (long) (turnNanos * (1 / current - 1));
    }

    private void adjust(double load) {
        double current = share;
        share = load > FULL ? Math.max(shareMin, current * DOWN) : Math.min(1, current * UP);
    }
}
