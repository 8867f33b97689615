package io.forebay.server.ops;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * So many units a second, with a burst of one second's worth: a bucket that is kept as one number, the time at which
 * it will be full again. What was taken too much is made up for later, so something larger than the bucket passes once
 * and is paid for afterwards.
 *
 * <p>Threads: any, without a lock.
 */
final class Pace {
    private static final long BURST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong fullAtNanos;

    Pace(long nowNanos) {
        this.fullAtNanos = new AtomicLong(nowNanos);
    }

    /** 0 when nothing is owed; else how long until so. */
    long waitNanos(long nowNanos) {
        return Math.max(0, fullAtNanos.get() - nowNanos - BURST_NANOS);
    }

    /** Takes one if it is there, and answers 0; else how long until it is. */
    long takeOne(long perSecond, long nowNanos) {
        long cost = Math.max(1, BURST_NANOS / perSecond);
        while (true) {
            long full = fullAtNanos.get();
            long after = Math.max(full - nowNanos, 0) + cost;
            if (after > BURST_NANOS) {
                return after - BURST_NANOS;
            }
            if (fullAtNanos.compareAndSet(full, nowNanos + after)) {
                return 0;
            }
        }
    }

    /** Takes, also what is not there. */
    void charge(long units, long perSecond, long nowNanos) {
        double cost = (double) units * BURST_NANOS / perSecond;
        fullAtNanos.getAndUpdate(
                full -> (long) (Math.max(full - nowNanos, 0) + Math.min(cost, Long.MAX_VALUE / 4.0))
                        + nowNanos);
    }

    boolean isFull(long nowNanos) {
        return fullAtNanos.get() - nowNanos <= 0;
    }
}
