package io.forebay.bench.load;

import io.forebay.bench.report.Distribution;
import io.forebay.bench.report.Latencies;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * Clients that each send the next request when the last is answered, for so long: what is the most that can be answered. Its
 * percentiles are of what was sent; see {@link OpenLoop} for what users would see.
 *
 * <p>Threads: one for each client.
 */
public final class ClosedLoop {
    private final Pace pace;

    public record Result(int clients, long answered, double seconds, double perSecond,
            Distribution latency) {}

    public ClosedLoop() {
        this(Pace.ofSystem());
    }

    ClosedLoop(Pace pace) {
        this.pace = pace;
    }

    public Result run(int clients, double seconds, OpenLoop.Call call) throws Exception {
        AtomicLong next = new AtomicLong();
        long start = pace.nanos();
        long end = start + (long) (seconds * 1e9);
        List<Histogram> each = BenchThreads.onEach(clients, () -> ask(next, end, call));
        double took = (pace.nanos() - start) / 1e9;
        Histogram all = Latencies.histogram();
        each.forEach(all::add);
        return new Result(clients, all.getTotalCount(), took, all.getTotalCount() / took,
                Distribution.of(all));
    }

    private Histogram ask(AtomicLong next, long end, OpenLoop.Call call) throws Exception {
        Histogram nanos = Latencies.histogram();
        do {
            long sent = pace.nanos();
            call.send(next.getAndIncrement());
            Latencies.record(nanos, pace.nanos() - sent);
        } while (pace.nanos() < end);
        return nanos;
    }
}
