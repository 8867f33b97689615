package io.forebay.bench.wal;

import io.forebay.bench.load.BenchThreads;
import io.forebay.bench.report.Latencies;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;

/** A closed loop of writers, each of which sends its next batch when the last one is acknowledged. */
record RunTimes(long nanos, Latencies latencies) {

    /** Writes one batch and returns when it is as safe as was asked. */
    interface Step {
        void append(int number) throws Exception;
    }

    private record OfWriter(long begin, long end, Histogram acks) {}

    /** So many batches by so many writers. The time is from the first call to the last ack. */
    static RunTimes of(int writers, int batches, Step step) throws Exception {
        AtomicInteger next = new AtomicInteger();
        List<OfWriter> all = BenchThreads.onEach(writers, () -> write(next, batches, step));
        Histogram acks = Latencies.histogram();
        long begin = Long.MAX_VALUE;
        long end = Long.MIN_VALUE;
        for (OfWriter one : all) {
            // Both are of the same clock, whose origin may be negative but whose differences do not overflow here.
            begin = Math.min(begin, one.begin);
            end = Math.max(end, one.end);
            acks.add(one.acks);
        }
        return new RunTimes(end - begin, Latencies.of(acks));
    }

    private static OfWriter write(AtomicInteger next, int batches, Step step) throws Exception {
        Histogram acks = Latencies.histogram();
        long begin = System.nanoTime();
        long end = begin;
        for (int number = next.getAndIncrement(); number < batches; number = next.getAndIncrement()) {
            long called = System.nanoTime();
            step.append(number);
            end = System.nanoTime();
            Latencies.record(acks, end - called);
        }
        return new OfWriter(begin, end, acks);
    }
}
