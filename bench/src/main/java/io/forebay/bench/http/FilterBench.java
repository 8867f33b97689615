package io.forebay.bench.http;

import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Payload;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.CpuMeter;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.Latencies;
import io.forebay.bench.report.Summary;
import io.forebay.model.RecordBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@code bench filter}: queries and gets with filters beside the same without, and words that documents contain,
 * over HTTP on one connection; of this server and, where it starts, of Chroma's. In each round the kinds take turns request
 * by request, so that what disturbs one disturbs all.
 */
public final class FilterBench {
    private static final int BATCH_RECORDS = 1000;
    private static final double RATIO_ALLOWED = 1.5;
    private static final double CONTAINS_MILLIS_ALLOWED = 10;

    private final FilterSettings settings;
    private final Workspace workspace;
    private final BenchData data;
    private final BenchResult result;
    private final Consumer<String> progress;
    private final List<FilterRun> runs = new ArrayList<>();

    /** A loaded server. */
    private record Side(VectorServer server, WireCollection filtered, WireCollection documents) {}

    /** A request of a kind; it may be made anew each time. */
    private interface Requests {
        byte[] next(Random random) throws IOException;
    }

    private record Kind(String name, Requests requests) {}

    public FilterBench(FilterSettings settings, Workspace workspace, BenchData data, BenchResult result,
            Consumer<String> progress) {
        this.settings = settings;
        this.workspace = workspace;
        this.data = data;
        this.result = result;
        this.progress = progress;
    }

    /** Measures, and adds runs and figures to the result. */
    public void measure() throws Exception {
        CpuMeter meter = CpuMeter.start(null);
        List<VectorServer> servers = new ArrayList<>();
        try {
            servers.add(new ForebayServer(workspace.newDirectory("forebay")));
            VectorServer chroma = ChromaServer.startOrExplain(workspace, settings.chroma(), this::note);
            if (chroma != null) {
                servers.add(chroma);
            }
            List<Side> sides = new ArrayList<>();
            for (VectorServer server : servers) {
                sides.add(load(server));
            }
            List<String> words = SixLetterWords.of(data, settings.words());
            for (int round = settings.firstRound(); round <= settings.rounds(); round++) {
                for (Side side : sides) {
                    inTurns(round, side, filtered(side), settings.requests());
                    inTurns(round, side, containing(side, words), words.size());
                }
            }
        } finally {
            servers.forEach(VectorServer::close);
        }
        servers.forEach(server -> figures(server.name()));
        if (servers.size() > 1) {
            compare();
        }
        note(String.format(Locale.ROOT,
                "all but the client used %.0f %% of the machine, the servers among them",
                100 * meter.stop().othersShare()));
    }

    private Side load(VectorServer server) throws Exception {
        try (WireClient client = new WireClient(server.port())) {
            WireCollection filtered = WireCollection.create(client, "filtered", data.dataset().space(),
                    settings.efSearch());
            WireCollection documents = WireCollection.create(client, "documents", data.dataset().space(),
                    settings.efSearch());
            long start = System.nanoTime();
            FilteredRecords records = new FilteredRecords(
                    new BatchSource(data, Payload.RECORDS, BATCH_RECORDS, settings.records()));
            for (RecordBatch batch = records.next(); batch != null; batch = records.next()) {
                client.exchange(filtered.add(batch));
            }
            BatchSource source = new BatchSource(data, Payload.RECORDS, BATCH_RECORDS, data.size());
            for (RecordBatch batch = source.next(); batch != null; batch = source.next()) {
                client.exchange(documents.add(batch));
            }
            server.awaitIndex(filtered);
            server.awaitIndex(documents);
            progress.accept(server.name() + " loaded and indexed in "
                    + (System.nanoTime() - start) / 1_000_000 + " ms");
            return new Side(server, filtered, documents);
        }
    }

    private List<Kind> filtered(Side side) throws IOException {
        List<float[]> queries = data.dataset().queryEmbeddings();
        List<Kind> kinds = new ArrayList<>();
        for (FilterKind kind : FilterKind.values()) {
            kinds.add(new Kind("query_" + kind.label(), random -> side.filtered().query(
                    queries.get(random.nextInt(queries.size())), settings.k(),
                    kind.where(random, settings.records()))));
            if (kind != FilterKind.ALL) {
                kinds.add(new Kind("get_" + kind.label(), random -> side.filtered().get(
                        field("where", kind.where(random, settings.records())) + ",\"limit\":"
                                + settings.k())));
            }
            if (kind.isHundredth()) {
                kinds.add(new Kind("ids_" + kind.label(), random -> side.filtered().get(
                        field("where", kind.where(random, settings.records())) + ",\"include\":[]")));
            }
            if (side.server() instanceof ForebayServer) {
                kinds.add(new Kind("count_" + kind.label(), random -> side.filtered().count(
                        field("where", kind.where(random, settings.records())))));
            }
        }
        return kinds;
    }

    private List<Kind> containing(Side side, List<String> words) {
        return List.of(
                new Kind("contains", containing(side, words, "{\"$contains\":\"%s\"}", ",\"include\":[]")),
                new Kind("contains_page", containing(side, words, "{\"$contains\":\"%s\"}",
                        ",\"limit\":" + settings.k())),
                new Kind("regex", containing(side, words, "{\"$regex\":\"%s[a-z]*\"}", ",\"include\":[]")),
                // Two letters have no trigram: all documents are read.
                new Kind("contains_by_scan",
                        containing(side, words.stream().map(word -> word.substring(0, 2)).toList(),
                                "{\"$contains\":\"%s\"}", ",\"include\":[]")));
    }

    private static Requests containing(Side side, List<String> words, String filter, String rest) {
        return random -> side.documents().get(field("where_document",
                String.format(Locale.ROOT, filter, words.get(random.nextInt(words.size())))) + rest);
    }

    private static String field(String name, @Nullable String json) {
        return "\"" + name + "\":" + json;
    }

    /** One request of each kind after the other, so many times. */
    private void inTurns(int round, Side side, List<Kind> kinds, int times) throws IOException {
        List<Histogram> nanos = new ArrayList<>();
        long[] matches = new long[kinds.size()];
        kinds.forEach(kind -> nanos.add(Latencies.histogram()));
        Random random = new Random(round);
        try (WireClient client = new WireClient(side.server().port())) {
            for (int i = 0; i < times; i++) {
                for (int k = 0; k < kinds.size(); k++) {
                    byte[] request = kinds.get(k).requests().next(random);
                    long start = System.nanoTime();
                    client.exchange(request);
                    Latencies.record(nanos.get(k), System.nanoTime() - start);
                    matches[k] += WireCollection.ids(client.body()).size();
                }
            }
        }
        for (int k = 0; k < kinds.size(); k++) {
            Histogram all = nanos.get(k);
            add(new FilterRun(round, side.server().name(), kinds.get(k).name(), Latencies.of(all),
                    all.getMean() / 1e6, matches[k] / (double) times));
        }
    }

    private void add(FilterRun run) {
        if (run.round() > 0) {
            runs.add(run);
            result.run(run);
        }
        progress.accept(String.format(Locale.ROOT,
                "%-8s %-8s %-18s p50 %.3f ms  p99 %.3f ms  mean %.3f ms  ids %.1f",
                run.round() == 0 ? "warm-up" : "round " + run.round(), run.server(), run.kind(),
                run.latency().p50Millis(), run.latency().p99Millis(), run.meanMillis(), run.matches()));
    }

    private void figures(String server) {
        value(server, "query_all", FilterBench::median);
        for (FilterKind kind : FilterKind.values()) {
            for (String what : kind == FilterKind.ALL
                    ? List.<String>of()
                    : List.of("query_", "get_", "ids_", "count_")) {
                if (!of(server, what + kind.label()).isEmpty()) {
                    overUnfiltered(server, what + kind.label(), kind.isHundredth()
                            && (what.equals("query_") || what.equals("get_")));
                }
            }
        }
        result.figure(Figure.of("contains_" + server, "six-letter words, all ids, median of a round", "ms",
                Summary.of(of(server, "contains"), FilterBench::median))
                .wantingAtMost(server.equals("forebay") ? CONTAINS_MILLIS_ALLOWED : Double.MAX_VALUE));
        for (String kind : List.of("contains_page", "regex", "contains_by_scan")) {
            value(server, kind, FilterBench::median);
        }
    }

    private void overUnfiltered(String server, String kind, boolean wanted) {
        Figure figure = Figure.of(kind + "_over_query_" + server,
                "median over the unfiltered query's, of each round",
                "x", Summary.ofRatios(of(server, kind), of(server, "query_all"), FilterBench::median));
        result.figure(wanted && server.equals("forebay") ? figure.wantingAtMost(RATIO_ALLOWED) : figure);
    }

    private void compare() {
        List<String> kinds = runs.stream().filter(run -> run.server().equals("chroma")).map(FilterRun::kind)
                .distinct().toList();
        for (String kind : kinds) {
            result.figure(
                    Figure.of(kind + "_chroma_over_forebay", "Chroma's median over ours, of each round", "x",
                            Summary.ofRatios(of("chroma", kind), of("forebay", kind), FilterBench::median)));
        }
    }

    private void value(String server, String kind, ToDoubleFunction<FilterRun> value) {
        result.figure(Figure.of(kind + "_" + server, "median of a round", "ms",
                Summary.of(of(server, kind), value)));
    }

    private List<FilterRun> of(String server, String kind) {
        return runs.stream().filter(run -> run.server().equals(server) && run.kind().equals(kind)).toList();
    }

    private static double median(FilterRun run) {
        return run.latency().p50Millis();
    }

    private void note(String text) {
        progress.accept(text);
        result.note(text);
    }
}
