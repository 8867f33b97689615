package io.forebay.bench.run;

import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.QueryLoad;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.CpuMeter;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.Summary;
import io.forebay.bench.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Loads targets one by one, asks each while its links are behind, then all of them in turns when they are
 * drained.
 */
final class QueryComparison {
    private static final double RECALL_WANTED = 0.95;

    private final int clients;
    private final double seconds;
    private final Consumer<String> progress;
    private final List<Side> sides = new ArrayList<>();

    /** One target with what was measured of it. */
    private record Side(QueryTarget target, QueryLoad load, QueryRun behind, List<QueryRun> drained) {}

    QueryComparison(int clients, double seconds, Consumer<String> progress) {
        this.clients = clients;
        this.seconds = seconds;
        this.progress = progress;
    }

    /**
     * The same in small on a collection of its own: what is measured first is otherwise the compiler, above
     * all on the server, which is new.
     */
    void warmUp(QueryTarget target, QueryLoad load, BatchSource source) throws Exception {
        target.use("warmup");
        target.load(source);
        load.rate(1, seconds);
        target.drain();
        load.rate(clients, seconds);
        target.drop();
    }

    /** Loads, measures at once, and waits until all is linked. */
    void load(QueryTarget target, QueryLoad load, BatchSource source) throws Exception {
        target.use("bench");
        target.load(source);
        QueryRun behind = run(target, load, 0, true);
        target.drain();
        sides.add(new Side(target, load, behind, new ArrayList<>()));
    }

    void measure(int rounds, BenchResult result) throws Exception {
        sides.forEach(side -> result.run(side.behind()));
        for (int round = 1; round <= rounds; round++) {
            for (Side side : sides) {
                QueryRun run = run(side.target(), side.load(), round, round == 1);
                side.drained().add(run);
                result.run(run);
            }
        }
        sides.forEach(side -> addFigures(result, side));
        if (sides.size() == 2) {
            addTransport(result, sides.get(0), sides.get(1));
        }
        if (sides.stream().anyMatch(side -> side.behind().unlinkedBefore() == 0)) {
            result.note(
                    "linking was not behind any more when the first query came: 'behind' is 'drained' here");
        }
    }

    private QueryRun run(QueryTarget target, QueryLoad load, int round, boolean withRecall) throws Exception {
        long before = target.unlinked();
        Double recall = withRecall ? (Double) load.recall() : null;
        CpuMeter cpu = CpuMeter.start(target.server());
        QueryLoad.Rate one = load.rate(1, seconds);
        QueryLoad.Rate many = load.rate(clients, seconds);
        QueryRun run = new QueryRun(target.name(), round, one, many, recall, before, target.unlinked(),
                cpu.stop());
        say(run);
        return run;
    }

    private void say(QueryRun run) {
        String recall = run.recall() == null ? "" : String.format(Locale.ROOT, "  recall %.4f", run.recall());
        progress.accept(String.format(Locale.ROOT,
                "%-10s %-8s  1 client %s/s (p99 %s ms)  %d clients %s/s (p99 %s ms)"
                        + "%s  unlinked %d to %d",
                run.target(), run.round() == 0 ? "behind" : "round " + run.round(),
                Table.number(run.one().queriesPerSecond()), Table.number(run.one().latency().p99Millis()),
                run.many().clients(), Table.number(run.many().queriesPerSecond()),
                Table.number(run.many().latency().p99Millis()), recall, run.unlinkedBefore(),
                run.unlinkedAfter()));
    }

    private static void addFigures(BenchResult result, Side side) {
        String name = side.target().name();
        List<QueryRun> runs = side.drained();
        result.figure(Figure.of("recall_" + name, "share of the exact answers found, drained", "share",
                Summary.of(recall(runs.getFirst()))).wanting(RECALL_WANTED));
        result.figure(Figure.of("recall_behind_" + name, "the same while linking was behind", "share",
                Summary.of(recall(side.behind()))).wanting(RECALL_WANTED));
        result.figure(Figure.of("queries_1_" + name, "one client, drained", "queries/s",
                Summary.of(runs, run -> run.one().queriesPerSecond())));
        result.figure(Figure.of("query_p50_1_" + name, "one client, drained", "ms",
                Summary.of(runs, run -> run.one().latency().p50Millis())));
        result.figure(Figure.of("query_p99_1_" + name, "one client, drained", "ms",
                Summary.of(runs, run -> run.one().latency().p99Millis())));
        result.figure(Figure.of("queries_n_" + name, "all clients, drained", "queries/s",
                Summary.of(runs, run -> run.many().queriesPerSecond())));
        result.figure(Figure.of("queries_n_over_1_" + name, "all clients / one client of each round", "x",
                Summary.of(runs, run -> run.many().queriesPerSecond() / run.one().queriesPerSecond())));
        result.figure(Figure.of("query_cpu_own_" + name, "CPU of this process, clients included", "us/query",
                Summary.of(runs, QueryRun::ownCpuMicrosPerQuery)));
        if (side.target().server() != null) {
            result.figure(Figure.of("query_cpu_server_" + name, "CPU of the server", "us/query",
                    Summary.of(runs, QueryRun::serverCpuMicrosPerQuery)));
        }
        result.figure(Figure.of("queries_behind_over_drained_" + name,
                "one client: while linking was behind / drained", "x", Summary.of(
                        runs, run -> side.behind().one().queriesPerSecond() / run.one().queriesPerSecond())));
    }

    private static void addTransport(BenchResult result, Side engine, Side http) {
        addTransport(result, "queries_1", engine, http, run -> run.one().queriesPerSecond());
        addTransport(result, "queries_n", engine, http, run -> run.many().queriesPerSecond());
    }

    private static void addTransport(BenchResult result, String name, Side engine, Side http,
            ToDoubleFunction<QueryRun> value) {
        result.figure(Figure.of(name + "_http_over_in_process", "over HTTP / in process, of each round", "x",
                Summary.ofRatios(http.drained(), engine.drained(), value)));
    }

    private static double recall(QueryRun run) {
        @Nullable
        Double recall = run.recall();
        return recall == null ? Double.NaN : recall;
    }
}
