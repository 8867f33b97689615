package io.forebay.bench.load;

import io.forebay.bench.report.Latencies;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.HdrHistogram.Histogram;

/** The acks of one load, in the order in which they came. */
public final class AckLog {
    private final long startNanos;
    private final List<Ack> acks;

    /** A stretch of a load: its records, how long it took, and the latencies of its acks. */
    public record Bucket(long firstRecord, long records, double recordsPerSecond, Latencies ack) {}

    /** @param startNanos when the first call began */
    public AckLog(long startNanos, List<Ack> acks) {
        if (acks.isEmpty()) {
            throw new IllegalArgumentException("nothing was acked");
        }
        this.startNanos = startNanos;
        this.acks = acks.stream().sorted(Comparator.comparingLong(Ack::endNanos)).toList();
    }

    public long records() {
        return acks.stream().mapToLong(Ack::records).sum();
    }

    /** From the first call to the last answer. */
    public double seconds() {
        return (acks.getLast().endNanos() - startNanos) / 1e9;
    }

    public double recordsPerSecond() {
        return records() / seconds();
    }

    /** Of one batch, from the call to the answer. */
    public double meanMillis() {
        return acks.stream().mapToLong(Ack::latencyNanos).average().orElseThrow() / 1e6;
    }

    public Latencies latencies() {
        return latencies(acks);
    }

    /**
     * Consecutive stretches of at least so many records each; what is left at the end belongs to the last.
     */
    public List<Bucket> buckets(long bucketRecords) {
        List<Bucket> buckets = new ArrayList<>();
        List<Ack> current = new ArrayList<>();
        long left = records();
        long first = 0;
        long inCurrent = 0;
        long bucketStartNanos = startNanos;
        for (Ack ack : acks) {
            current.add(ack);
            inCurrent += ack.records();
            left -= ack.records();
            if (left == 0 || inCurrent >= bucketRecords && left >= bucketRecords) {
                double seconds = (ack.endNanos() - bucketStartNanos) / 1e9;
                buckets.add(new Bucket(first, inCurrent, inCurrent / seconds, latencies(current)));
                bucketStartNanos = ack.endNanos();
                first += inCurrent;
                inCurrent = 0;
                current.clear();
            }
        }
        return buckets;
    }

    private static Latencies latencies(List<Ack> some) {
        Histogram nanos = Latencies.histogram();
        some.forEach(ack -> Latencies.record(nanos, ack.latencyNanos()));
        return Latencies.of(nanos);
    }
}
