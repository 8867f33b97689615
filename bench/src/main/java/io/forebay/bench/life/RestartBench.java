package io.forebay.bench.life;

import io.forebay.bench.life.RestartRun.End;
import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.HttpLoad;
import io.forebay.bench.load.Payload;
import io.forebay.bench.load.ProcessState;
import io.forebay.bench.load.Quiet;
import io.forebay.bench.load.ServerCounters;
import io.forebay.bench.load.ServerProcess;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.Plot;
import io.forebay.bench.report.Summary;
import io.forebay.bench.report.Table;
import io.forebay.client.CollectionClient;
import io.forebay.client.FlushPosition;
import io.forebay.client.ForebayClient;
import io.forebay.model.CollectionConfig;
import io.forebay.model.QueryRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * One server for each size: loaded, linked, at rest; then in each round stopped with SIGTERM and started, and written to, killed at
 * once and started. After each start its records are counted: a start that loses any ends the benchmark.
 */
public final class RestartBench {
    private static final String COLLECTION = "bench";
    private static final int CLIENTS = 4;
    private static final int BATCH = 1_000;
    private static final int HITS = 10;
    private static final long LOOK_NANOS = 2_000_000;
    private static final long READY_SECONDS_MAX = 600;

    private final RestartSettings settings;
    private final BenchData data;
    private final Workspace workspace;
    private final Consumer<String> say;
    private final List<RestartRun> runs = new ArrayList<>();

    public RestartBench(RestartSettings settings, BenchData data, Workspace workspace, Consumer<String> say) {
        this.settings = settings;
        this.data = data;
        this.workspace = workspace;
        this.say = say;
    }

    public void measure(BenchResult result) throws Exception {
        result.parameter("settings", settings);
        for (int size : settings.sizes()) {
            Path directory = workspace.newDirectory("size-" + size);
            try {
                measure(directory, size);
            } finally {
                Workspace.delete(directory);
            }
        }
        runs.forEach(result::run);
        addFigures(result);
    }

    private void measure(Path directory, int size) throws Exception {
        ServerProcess server = ServerProcess.start(directory, serverSettings());
        try {
            try (ForebayClient client = ForebayClient.connect(server.address().toString())) {
                CollectionClient collection = client.createCollection(COLLECTION,
                        CollectionConfig.of(data.dataset().space()));
                HttpLoad.run(collection, new BatchSource(data, Payload.RECORDS, BATCH, size), CLIENTS);
                collection.flush(FlushPosition.LINKED);
            }
            long written = size;
            for (int round = 1; round <= settings.rounds(); round++) {
                Quiet.await(List.of(server));
                server.close();
                server = start(directory, round, size, End.TERM, written, 0);
                written += write(server, written);
                long unlinked = unlinked(server);
                server.kill();
                server = start(directory, round, size, End.KILL, written, unlinked);
            }
        } finally {
            server.close();
        }
    }

    private Map<String, String> serverSettings() {
        return Map.of("wal.durability", settings.durability().wireName());
    }

    private long write(ServerProcess server, long first) throws Exception {
        try (ForebayClient client = ForebayClient.connect(server.address().toString())) {
            BatchSource source = new BatchSource(data, Payload.RECORDS, BATCH, first + settings.unlinked())
                    .startingAt(first);
            HttpLoad.run(client.collection(COLLECTION), source, CLIENTS);
        }
        return settings.unlinked();
    }

    private static long unlinked(ServerProcess server) {
        try (ForebayClient client = ForebayClient.connect(server.address().toString())) {
            return client.lag().stream().mapToLong(lag -> lag.indexLag().records()).sum();
        }
    }

    /** Starts, asks, waits until nothing is left to do, asks again and counts. */
    private ServerProcess start(Path directory, int round, int size, End end, long written, long unlinked)
            throws IOException {
        long start = System.nanoTime();
        ServerProcess server = ServerProcess.start(directory, serverSettings());
        try (ForebayClient client = ForebayClient.connect(server.address().toString())) {
            double listens = secondsSince(start);
            CollectionClient collection = client.collection(COLLECTION);
            double firstQuery = ask(collection);
            double firstAnswer = secondsSince(start);
            awaitOpened(server);
            collection.flush(FlushPosition.LINKED);
            double readyQuery = ask(collection);
            double ready = secondsSince(start);
            int counted = collection.count();
            if (counted != written) {
                throw new IOException(written + " records were acked before " + end + ", after the start are "
                        + counted);
            }
            RestartRun run = new RestartRun(round, size, end, listens, firstAnswer, ready, firstQuery,
                    readyQuery, unlinked, ProcessState.of(server.handle()).residentBytes());
            runs.add(run);
            tell(run);
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** In milliseconds. */
    private double ask(CollectionClient collection) throws IOException {
        long sent = System.nanoTime();
        int hits = collection
                .query(QueryRequest.nearest(data.dataset().queryEmbeddings().getFirst(), HITS))
                .getFirst().size();
        double millis = (System.nanoTime() - sent) / 1e6;
        if (hits != HITS) {
            throw new IOException("a query was answered with " + hits + " records instead of " + HITS);
        }
        return millis;
    }

    /** Until it has opened the vectors of all collections. */
    private static void awaitOpened(ServerProcess server) throws IOException {
        long deadline = System.nanoTime() + READY_SECONDS_MAX * 1_000_000_000L;
        while (ServerCounters.of(server.address()).sum("forebay_collections_unopened") > 0) {
            if (System.nanoTime() > deadline) {
                throw new IOException("not all collections are opened after " + READY_SECONDS_MAX + " s");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    private void tell(RestartRun run) {
        say.accept(String.format(Locale.ROOT,
                "round %d, %s records, %-4s  listens %s s  first answer %s s  ready %s s"
                        + "  (%d records were not linked)",
                run.round(), Table.number(run.records()), run.end(), Table.number(run.listensSeconds()),
                Table.number(run.firstAnswerSeconds()), Table.number(run.readySeconds()), run.replayed()));
    }

    private List<RestartRun> of(int size, End end) {
        return runs.stream().filter(run -> run.records() == size && run.end() == end).toList();
    }

    private void addFigures(BenchResult result) {
        for (int size : settings.sizes()) {
            for (End end : End.values()) {
                String name = end + "_" + size;
                figure(result, "listens_" + name, "start of the process until it listens", "s", of(size, end),
                        RestartRun::listensSeconds);
                figure(result, "first_answer_" + name, "until a query was answered", "s", of(size, end),
                        RestartRun::firstAnswerSeconds);
                figure(result, "ready_" + name, "until all is opened, applied and linked", "s", of(size, end),
                        RestartRun::readySeconds);
                figure(result, "first_query_" + name, "the first query by itself", "ms", of(size, end),
                        RestartRun::firstQueryMillis);
            }
            figure(result, "unlinked_kill_" + size, "not linked when it was killed", "records",
                    of(size, End.KILL), RestartRun::replayed);
        }
        for (End end : End.values()) {
            result.plot(Plot.of(Plot.Kind.SIZES, "Start after " + (end == End.TERM ? "SIGTERM" : "SIGKILL"),
                    "records", "s")
                    .line("listens", line(end, RestartRun::listensSeconds))
                    .line("first answer", line(end, RestartRun::firstAnswerSeconds))
                    .line("all is ready", line(end, RestartRun::readySeconds)));
        }
    }

    private static void figure(BenchResult result, String name, String formed, String unit,
            List<RestartRun> of, ToDoubleFunction<RestartRun> value) {
        result.figure(Figure.of(name, formed, unit, Summary.of(of, value)));
    }

    private List<List<Double>> line(End end, ToDoubleFunction<RestartRun> value) {
        List<List<Double>> points = new ArrayList<>();
        for (int size : settings.sizes()) {
            points.add(List.of((double) size, Summary.of(of(size, end), value).median()));
        }
        return points;
    }
}
