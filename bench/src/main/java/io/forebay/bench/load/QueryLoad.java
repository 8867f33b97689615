package io.forebay.bench.load;

import io.forebay.bench.report.Latencies;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/** Asks the dataset's own queries, of one store in process or of one server. */
public final class QueryLoad {
    private final Searcher searcher;
    private final List<float[]> queries;
    private final List<List<String>> exact;

    /** Whatever answers queries; called by many threads at once. */
    public interface Searcher {
        /** The ids of the nearest records, nearest first. */
        List<String> nearest(float[] embedding, int count);
    }

    /** How fast so many clients, each asking one query after the other, were answered. */
    public record Rate(int clients, long queries, double queriesPerSecond, Latencies latency) {}

    public QueryLoad(Searcher searcher, List<float[]> queries, List<List<String>> exact) {
        if (queries.isEmpty() || queries.size() != exact.size()) {
            throw new IllegalArgumentException(queries.size() + " queries, " + exact.size() + " answers");
        }
        this.searcher = searcher;
        this.queries = queries;
        this.exact = exact;
    }

    /** Which share of the exact answers was found, all queries asked once by one client. */
    public double recall() {
        long found = 0;
        long wanted = 0;
        for (int i = 0; i < queries.size(); i++) {
            List<String> answers = exact.get(i);
            HashSet<String> got = new HashSet<>(searcher.nearest(queries.get(i), answers.size()));
            found += answers.stream().filter(got::contains).count();
            wanted += answers.size();
        }
        return found / (double) wanted;
    }

    /** Asks for so long, the queries in turn and from the beginning again. */
    public Rate rate(int clients, double seconds) throws Exception {
        AtomicLong next = new AtomicLong();
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        List<Histogram> each = BenchThreads.onEach(clients, () -> ask(next, end));
        double took = (System.nanoTime() - start) / 1e9;
        Histogram all = Latencies.histogram();
        each.forEach(all::add);
        return new Rate(clients, all.getTotalCount(), all.getTotalCount() / took, Latencies.of(all));
    }

    private Histogram ask(AtomicLong next, long endNanos) {
        Histogram nanos = Latencies.histogram();
        do {
            int query = (int) (next.getAndIncrement() % queries.size());
            long asked = System.nanoTime();
            searcher.nearest(queries.get(query), exact.get(query).size());
            Latencies.record(nanos, System.nanoTime() - asked);
        } while (System.nanoTime() < endNanos);
        return nanos;
    }
}
