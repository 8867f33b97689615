package io.forebay.engine;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * How much of their time the indexers may spend linking while batches arrive. Linking costs a hundred times what
 * acknowledging a record costs, so that on a machine that is full it would take most of the cores from those who wait for
 * an ack, and gain nothing by being early. So while batches arrive <em>and</em> no core is idle, its share goes down to
 * {@code shareMin}; when a core is idle it goes up again, and without new batches there is no limit. Never below the
 * minimum: the index always gets on.
 *
 * <p>No core is idle when the machine says so, or when linking itself had to wait for one: a process that may use some of
 * the machine's cores only (taskset, a share of a container) sees idle ones that are not for it.
 *
 * <p>In a bulk load that nobody searches beside the minimum is the square of {@code shareMin}: then so many records come
 * that linking is left behind in any case, and being a little less behind helps nobody.
 *
 * <p>Threads: any. The fields are independent hints; a lost update costs nothing.
 */
final class LinkGovernor {
    /** Batches "arrive" for so long after the last one, or twice as long as that came after the one before. */
    private static final long ARRIVING_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int ARRIVING_GAPS = 2;
    /** What came later than this after another is no stream of batches. */
    private static final long GAP_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);
    /** A bulk load: so many records a second, several times what a core links at the smallest share. */
    private static final long BULK_RECORDS_PER_SECOND = 2_000;
    private static final long RATE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    /** Who has searched is expected to do it again for so long. */
    private static final long SEARCHED_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** So that linking begins soon when the batches end, however long a turn took. */
    private static final long PAUSE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(500);
    private static final double FULL = 0.95;
    /** Of the time that linking took, so much it had a core; it waits for nothing else. */
    private static final double CROWDED = 0.8;
    private static final double DOWN = 0.6;
    private static final double UP = 1.25;

    private final double shareMin;
    private final DoubleSupplier cpuLoad;
    private final LongSupplier nanoClock;
    private final AtomicLong counted = new AtomicLong();
    private volatile long countedSince;
    private volatile boolean isBulk;
    private volatile long lastAppendNanos;
    private volatile long arrivingNanos;
    private volatile boolean appendedEver;
    private volatile long lastSearchNanos;
    private volatile boolean searchedEver;
    private volatile boolean isCrowded;
    private volatile long lastSampleNanos;
    private volatile double share = 1;

    /**
     * @param shareMin of the indexers' time that linking keeps on a full machine, its square in a bulk load: 0 to 1
     * @param cpuLoad  of the whole machine since the last call, 0 to 1; negative when not known
     */
    LinkGovernor(double shareMin, DoubleSupplier cpuLoad, LongSupplier nanoClock) {
        this.shareMin = shareMin;
        this.cpuLoad = cpuLoad;
        this.nanoClock = nanoClock;
        this.lastSampleNanos = nanoClock.getAsLong();
        this.countedSince = lastSampleNanos;
    }

    static LinkGovernor ofThisMachine(double shareMin) {
        OperatingSystemMXBean machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new LinkGovernor(shareMin, machine::getCpuLoad, System::nanoTime);
    }

    /** A batch came. */
    void appended(int records) {
        long now = nanoClock.getAsLong();
        long gap = now - lastAppendNanos;
        arrivingNanos = appendedEver && gap < GAP_NANOS_MAX
                ? Math.max(ARRIVING_NANOS, ARRIVING_GAPS * gap)
                : ARRIVING_NANOS;
        lastAppendNanos = now;
        appendedEver = true;
        long sum = counted.addAndGet(records);
        long elapsed = now - countedSince;
        if (elapsed >= RATE_NANOS) {
            isBulk = sum >= BULK_RECORDS_PER_SECOND * (elapsed / 1e9);
            countedSince = now;
            counted.set(0);
        }
    }

    /** Somebody searched. */
    void searched() {
        lastSearchNanos = nanoClock.getAsLong();
        searchedEver = true;
    }

    /** So long some linking took, and so long the thread had a core meanwhile. */
    void linked(long nanos, long cpuNanos) {
        isCrowded = cpuNanos < CROWDED * nanos;
    }

    /** How long a thread should keep from linking after a turn that took so long. */
    long pauseNanos(long turnNanos) {
        long now = nanoClock.getAsLong();
        if (!appendedEver || now - lastAppendNanos > arrivingNanos) {
            share = 1;
            return 0;
        }
        if (now - lastSampleNanos >= SAMPLE_NANOS) {
            lastSampleNanos = now;
            adjust(now, cpuLoad.getAsDouble());
        }
        double current = share;
        return Math.min(PAUSE_NANOS_MAX, (long) (turnNanos * (1 / current - 1)));
    }

    private void adjust(long now, double load) {
        double current = share;
        if (load <= FULL && !isCrowded) {
            share = Math.min(1, current * UP);
        } else if (isUnsearchedBulk(now)) {
            // At once: it may be over in a second.
            share = shareMin * shareMin;
        } else {
            share = Math.max(shareMin, current * DOWN);
        }
    }

    private boolean isUnsearchedBulk(long now) {
        return isBulk && !(searchedEver && now - lastSearchNanos < SEARCHED_NANOS);
    }
}
