package io.forebay.engine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What of the log is not applied yet, all collections together, and how fast it is applied.
 *
 * <p>Threads: any.
 */
final class Backlog {
    private final AtomicLong bytes = new AtomicLong();
    private final DrainRate rate = new DrainRate();

    void appended(long count) {
        bytes.addAndGet(count);
        rate.waiting(System.nanoTime());
    }

    void applied(long records, long count) {
        bytes.addAndGet(-count);
        rate.drained(records, count, () -> bytes.get() > 0, System.nanoTime());
    }

    /** Of a dropped collection: nobody applies it. */
    void forgotten(long count) {
        applied(0, count);
    }

    long bytes() {
        return bytes.get();
    }

    /** See {@link DrainRate}. */
    double bytesPerSecond() {
        return rate.bytesPerSecond(System.nanoTime());
    }

    /** See {@link DrainRate}. */
    double recordsPerSecond() {
        return rate.recordsPerSecond(System.nanoTime());
    }
}
