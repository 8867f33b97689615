package io.forebay.server.http;

import io.forebay.server.overview.Counts;
import io.forebay.server.overview.Latencies;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;

/** Sums up what {@link ServerMetrics} has counted, whatever the tags. */
final class MeterCounts {
    private static final int SERVER_ERRORS = 500;

    private MeterCounts() {}

    static Counts of(MeterRegistry registry) {
        Latencies acks = latencies(registry, "forebay.ack");
        Latencies reads = latencies(registry, "forebay.read");
        long requests = 0;
        long errors = 0;
        for (String name : new String[]{"forebay.http.requests", "forebay.binary.requests"}) {
            for (Timer timer : registry.find(name).timers()) {
                requests += timer.count();
                String status = timer.getId().getTag("status");
                errors += status != null && Integer.parseInt(status) >= SERVER_ERRORS ? timer.count() : 0;
            }
        }
        return new Counts((long) acks.total(), sum(registry, "forebay.acked.records"),
                sum(registry, "forebay.acked.bytes"), acks, (long) reads.total(), reads, requests, errors);
    }

    private static long sum(MeterRegistry registry, String name) {
        double sum = 0;
        for (Counter counter : registry.find(name).counters()) {
            sum += counter.count();
        }
        return (long) sum;
    }

    private static Latencies latencies(MeterRegistry registry, String name) {
        Latencies all = Latencies.NONE;
        for (Timer timer : registry.find(name).timers()) {
            HistogramSnapshot snapshot = timer.takeSnapshot();
            CountAtBucket[] buckets = snapshot.histogramCounts();
            double[] bounds = new double[buckets.length];
            double[] counts = new double[buckets.length];
            for (int i = 0; i < buckets.length; i++) {
                bounds[i] = buckets[i].bucket();
                counts[i] = buckets[i].count();
            }
            all = all.plus(new Latencies(bounds, counts, snapshot.count()));
        }
        return all;
    }
}
