package io.forebay.server.overview;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Keeps the counts of the last seconds, so that rates and latencies are those of now and not since the start.
 *
 * <p>Threads: one looks, once a second; any asks. What is kept is under the object's own lock.
 */
public final class OverviewMonitor {
    /** Rates and latencies are of so long. */
    static final int WINDOW_SECONDS = 10;
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Supplier<Counts> counts;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private final long startedMillis = System.currentTimeMillis();

    private record Sample(long nanos, Counts counts) {}

    /** What came in so many seconds. */
    public record Recent(double seconds, Counts then, Counts now) {
        public double perSecond(long before, long after) {
            return seconds <= 0 ? 0 : (after - before) / seconds;
        }
    }

    public OverviewMonitor(Supplier<Counts> counts) {
        this.counts = counts;
        look(System.nanoTime());
    }

    /** Once a second; quick. */
    public void look() {
        look(System.nanoTime());
    }

    synchronized void look(long nanos) {
        samples.addLast(new Sample(nanos, counts.get()));
        while (samples.size() > 1
                && nanos - samples.getFirst().nanos > TimeUnit.SECONDS.toNanos(WINDOW_SECONDS + 1)) {
            samples.removeFirst();
        }
    }

    public Recent recent() {
        return recent(System.nanoTime());
    }

    synchronized Recent recent(long nanos) {
        Sample first = samples.getFirst();
        return new Recent((nanos - first.nanos) / NANOS_PER_SECOND, first.counts, counts.get());
    }

    public long startedMillis() {
        return startedMillis;
    }
}
