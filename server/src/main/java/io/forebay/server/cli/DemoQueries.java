package io.forebay.server.cli;

import io.forebay.client.CollectionClient;
import io.forebay.model.Hit;
import io.forebay.model.Include;
import io.forebay.model.QueryRequest;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.HdrHistogram.Histogram;

/** Runs every query of the dataset one after the other and compares with the exact answers. */
record DemoQueries(int queries, double recall, Histogram micros) {
    /** Distances are float32 sums in any order. */
    private static final double TOLERANCE = 1e-5;

    static DemoQueries run(CollectionClient collection, DemoData data) {
        Histogram micros = new Histogram(3);
        long found = 0;
        long wanted = 0;
        for (int i = 0; i < data.queries().size(); i++) {
            QueryRequest request = new QueryRequest(List.of(data.queries().get(i)), DemoData.NEIGHBOURS, null,
                    null,
                    EnumSet.of(Include.DISTANCES), 0);
            long start = System.nanoTime();
            List<Hit> hits = collection.query(request).get(0);
            micros.recordValue((System.nanoTime() - start) / 1_000);
            Set<String> exact = data.exactIds(i);
            double farthest = data.exactDistanceMax(i);
            wanted += exact.size();
            found += hits.stream()
                    .filter(hit -> exact.contains(hit.record().id())
                            || hit.distance() <= farthest + TOLERANCE)
                    .count();
        }
        return new DemoQueries(data.queries().size(), wanted == 0 ? 0 : (double) found / wanted, micros);
    }
}
