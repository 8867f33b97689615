package io.forebay.bench.many;

import io.forebay.bench.http.WireClient;
import io.forebay.bench.load.BenchThreads;
import io.forebay.bench.report.CpuMeter;
import io.forebay.bench.report.Latencies;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Requests that were made before, sent by connections that each wait for an answer before they send the next.
 *
 * @param seconds from the first request to the last answer
 * @param cpu     who used the processors meanwhile, encoding of the requests among it; null where nobody looked
 */
record WireLoad(long requests, double seconds, Latencies answers, CpuMeter.@Nullable Usage cpu) {

    double perSecond() {
        return requests / seconds;
    }

    WireLoad withCpu(CpuMeter.Usage used) {
        return new WireLoad(requests, seconds, answers, used);
    }

    /** The n-th request. */
    interface Requests {
        byte[] get(int number) throws Exception;
    }

    static WireLoad send(int port, int clients, int count, Requests requests) throws Exception {
        AtomicInteger next = new AtomicInteger();
        long start = System.nanoTime();
        List<Histogram> each = BenchThreads.onEach(clients, () -> {
            Histogram nanos = Latencies.histogram();
            try (WireClient wire = new WireClient(port)) {
                for (int number = next.getAndIncrement(); number < count; number = next.getAndIncrement()) {
                    byte[] request = requests.get(number);
                    long sent = System.nanoTime();
                    wire.exchange(request);
                    Latencies.record(nanos, System.nanoTime() - sent);
                }
            }
            return nanos;
        });
        double seconds = (System.nanoTime() - start) / 1e9;
        Histogram all = Latencies.histogram();
        each.forEach(all::add);
        return new WireLoad(count, seconds, Latencies.of(all), null);
    }
}
