package io.forebay.bench.http;

import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.BenchThreads;
import io.forebay.bench.load.Payload;
import io.forebay.bench.report.CpuMeter;
import io.forebay.bench.report.Latencies;
import io.forebay.model.RecordBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * Queries over HTTP: one connection, then many, of this server and in turns of Chroma's where it starts. Same records, same
 * queries, same width of the search, same client.
 */
final class QueryPart {
    private static final int BATCH_RECORDS = 1000;
    private static final double RECALL_WANTED = 0.95;

    private final HttpBench bench;
    private final List<float[]> queries;
    private final List<List<String>> exact;
    private final List<QueryRateRun> runs = new ArrayList<>();

    /** A loaded server and its requests. */
    private record Side(VectorServer server, List<byte[]> requests) {}

    QueryPart(HttpBench bench) throws IOException {
        this.bench = bench;
        List<float[]> all = bench.data().dataset().queryEmbeddings();
        int count = Math.min(bench.settings().queries(), all.size());
        queries = all.subList(0, count);
        exact = bench.data().exactAnswers(bench.settings().k()).subList(0, count);
    }

    void measure() throws Exception {
        List<VectorServer> servers = new ArrayList<>();
        try {
            servers.add(new ForebayServer(bench.workspace().newDirectory("forebay")));
            VectorServer chroma = ChromaServer.startOrExplain(bench.workspace(), bench.settings().chroma(),
                    bench::note);
            if (chroma != null) {
                servers.add(chroma);
            }
            List<Side> sides = new ArrayList<>();
            for (VectorServer server : servers) {
                sides.add(load(server));
            }
            for (int round = bench.settings().firstRound(); round <= bench.settings().rounds(); round++) {
                for (Side side : sides) {
                    rate(round, side, 1);
                    rate(round, side, bench.settings().clients());
                }
            }
        } finally {
            servers.forEach(VectorServer::close);
        }
        figures(servers);
    }

    private Side load(VectorServer server) throws Exception {
        List<byte[]> requests = new ArrayList<>();
        try (WireClient client = new WireClient(server.port())) {
            WireCollection collection = WireCollection.create(client, "bench", bench.data().dataset().space(),
                    bench.settings().efSearch());
            BatchSource source = new BatchSource(bench.data(), Payload.RECORDS, BATCH_RECORDS,
                    bench.data().size());
            long start = System.nanoTime();
            for (RecordBatch batch = source.next(); batch != null; batch = source.next()) {
                client.exchange(collection.add(batch));
            }
            server.awaitIndex(collection);
            bench.say(server.name() + " loaded and indexed in " + (System.nanoTime() - start) / 1_000_000
                    + " ms");
            for (float[] query : queries) {
                requests.add(collection.query(query, bench.settings().k()));
            }
            recall(server, client, requests);
        }
        return new Side(server, requests);
    }

    private void recall(VectorServer server, WireClient client, List<byte[]> requests) throws IOException {
        long found = 0;
        long wanted = 0;
        for (int i = 0; i < requests.size(); i++) {
            client.exchange(requests.get(i));
            HashSet<String> got = new HashSet<>(WireCollection.ids(client.body()));
            found += exact.get(i).stream().filter(got::contains).count();
            wanted += exact.get(i).size();
        }
        double recall = found / (double) wanted;
        bench.figure("recall_" + server.name(), "share of the exact answers found", "share", List.of(recall),
                value -> value, RECALL_WANTED);
    }

    private void rate(int round, Side side, int clients) throws Exception {
        AtomicLong next = new AtomicLong();
        CpuMeter cpu = CpuMeter.start(side.server().process());
        long start = System.nanoTime();
        long end = start + (long) (bench.settings().seconds() * 1e9);
        List<Histogram> each = BenchThreads.onEach(clients, () -> ask(side, next, end));
        double took = (System.nanoTime() - start) / 1e9;
        Histogram all = Latencies.histogram();
        each.forEach(all::add);
        QueryRateRun run = new QueryRateRun(round, side.server().name(), clients, all.getTotalCount() / took,
                Latencies.of(all), cpu.stop());
        bench.add(round, run,
                "query %-8s %2d connections  %,.0f/s  p50 %.3f ms  p99 %.3f ms  server %.0f us/query  others %.0f %%",
                run.server(), clients, run.queriesPerSecond(), run.latency().p50Millis(),
                run.latency().p99Millis(),
                run.serverMicros(), 100 * run.cpu().othersShare());
        if (round > 0) {
            runs.add(run);
        }
    }

    private static Histogram ask(Side side, AtomicLong next, long endNanos) throws IOException {
        Histogram nanos = Latencies.histogram();
        try (WireClient client = new WireClient(side.server().port())) {
            do {
                byte[] request = side.requests().get((int) (next.getAndIncrement() % side.requests().size()));
                long asked = System.nanoTime();
                client.exchange(request);
                Latencies.record(nanos, System.nanoTime() - asked);
            } while (System.nanoTime() < endNanos);
        }
        return nanos;
    }

    private void figures(List<VectorServer> servers) {
        for (int clients : List.of(1, bench.settings().clients())) {
            Map<String, List<QueryRateRun>> of = new HashMap<>();
            for (VectorServer server : servers) {
                List<QueryRateRun> mine = runs.stream()
                        .filter(run -> run.server().equals(server.name()) && run.clients() == clients)
                        .toList();
                of.put(server.name(), mine);
                String name = clients + "_" + server.name();
                String formed = clients + (clients == 1 ? " connection" : " connections");
                bench.figure("queries_" + name, formed, "queries/s", mine, QueryRateRun::queriesPerSecond);
                bench.figure("query_p50_" + name, formed, "ms", mine, run -> run.latency().p50Millis());
                bench.figure("query_p99_" + name, formed, "ms", mine, run -> run.latency().p99Millis());
                bench.figure("query_cpu_" + name, formed + ", CPU of the server", "us/query", mine,
                        QueryRateRun::serverMicros);
                bench.figure("others_" + name, "share of all cores that others used", "share", mine,
                        run -> run.cpu().othersShare());
            }
            List<QueryRateRun> chroma = of.get("chroma");
            if (chroma != null) {
                List<QueryRateRun> ours = of.getOrDefault("forebay", List.of());
                bench.ratio("queries_" + clients + "_over_chroma", "rate over Chroma's, of each round", ours,
                        chroma,
                        QueryRateRun::queriesPerSecond);
                bench.ratio("query_p99_" + clients + "_chroma_over_forebay",
                        "Chroma's p99 over ours, of each round",
                        chroma, ours, run -> run.latency().p99Millis());
            }
        }
    }
}
