package io.forebay.engine;

import io.forebay.model.Rate;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * How fast a backlog gets smaller: what was drained, over the time in which there was something to drain. Older times
 * weigh less, by the factor e in ten seconds of draining; a pause without a backlog does not count, so the rate of the
 * last load still tells how long the next one will take. While something waits, the time since the last progress counts
 * too: who stands still has a rate that falls.
 *
 * <p>Threads: any; each method holds the object's own lock for a few instructions.
 */
final class DrainRate {
    private static final double MEMORY_SECONDS = 10;

    private boolean behind;
    /** Until when busy time is counted. */
    private long countedNanos;
    private double busySeconds;
    private double records;
    private double bytes;
    private long recordsEver;
    private long bytesEver;

    DrainRate() {
        this(0, 0);
    }

    /** For {@link #reached}: only what is reached beyond this counts. */
    DrainRate(long recordsBefore, long bytesBefore) {
        recordsEver = recordsBefore;
        bytesEver = bytesBefore;
    }

    /** There is something to drain from now on, if there was not before. */
    synchronized void waiting(long nowNanos) {
        if (!behind) {
            behind = true;
            countedNanos = nowNanos;
        }
    }

    /** @param left whether there is something left; asked under the lock, so that a later {@link #waiting} counts */
    synchronized void drained(long drainedRecords, long drainedBytes, BooleanSupplier left, long nowNanos) {
        recordsEver += drainedRecords;
        bytesEver += drainedBytes;
        if (behind) {
            pass(nowNanos);
            records += drainedRecords;
            bytes += drainedBytes;
        }
        behind = left.getAsBoolean();
        countedNanos = nowNanos;
    }

    /**
     * The same of one who knows only how far it is in all. What is reached without anything having waited (at a start) is no
     * rate.
     */
    synchronized void reached(long recordsThen, long bytesThen, BooleanSupplier left, long nowNanos) {
        long newRecords = recordsThen - recordsEver;
        if (newRecords > 0) {
            drained(newRecords, Math.max(0, bytesThen - bytesEver), left, nowNanos);
        } else if (behind && !left.getAsBoolean()) {
            drained(0, 0, left, nowNanos);
        }
    }

    /** 0 when nothing was ever drained. */
    synchronized double recordsPerSecond(long nowNanos) {
        return over(records, nowNanos);
    }

    /** 0 when nothing was ever drained. */
    synchronized double bytesPerSecond(long nowNanos) {
        return over(bytes, nowNanos);
    }

    Rate rate() {
        long now = System.nanoTime();
        return new Rate(recordsPerSecond(now), bytesPerSecond(now));
    }

    private double over(double work, long nowNanos) {
        double seconds = busySeconds + (behind ? seconds(nowNanos) : 0);
        return work == 0 ? 0 : work / Math.max(seconds, 1e-6);
    }

    private void pass(long nowNanos) {
        double passed = seconds(nowNanos);
        double kept = Math.exp(-passed / MEMORY_SECONDS);
        busySeconds = busySeconds * kept + passed;
        records *= kept;
        bytes *= kept;
    }

    private double seconds(long nowNanos) {
        return Math.max(0, nowNanos - countedNanos) / (double) TimeUnit.SECONDS.toNanos(1);
    }
}
