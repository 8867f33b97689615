package io.forebay.bench.query;

import io.forebay.bench.index.Sweep;
import io.forebay.bench.load.OpenLoop;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.Plot;
import io.forebay.bench.report.Summary;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Figures and plots of all points. */
final class CurveFigures {
    private static final double RECALL_WANTED = 0.95;
    private static final double BINARY_OVER_HTTP = 1.5;
    private static final double ALLOCATED_MAX = 10_000;
    private static final int EF_WANTED = 100;

    private final CurveSettings settings;
    private final List<CurvePoint> points = new ArrayList<>();
    private final Map<Side, Double> written = new EnumMap<>(Side.class);

    CurveFigures(CurveSettings settings) {
        this.settings = settings;
    }

    void add(CurvePoint point, BenchResult result) {
        points.add(point);
        result.run(point);
    }

    /** @param rate records/s that came in while these were asked */
    void written(List<Side> sides, double rate) {
        sides.forEach(side -> written.put(side, rate));
    }

    void addTo(BenchResult result) {
        for (Side side : settings.sides()) {
            for (int ef : settings.efs()) {
                addStill(result, side, ef);
            }
            at(result, side, 0.95);
            at(result, side, 0.99);
        }
        if (settings.sides().contains(Side.BINARY) && settings.sides().contains(Side.HTTP)) {
            for (int ef : settings.efs()) {
                result.figure(Figure.of("queries_n_binary_over_http_" + ef,
                        "the same collection, so equal recall; of each round", "x",
                        Summary.ofRatios(of(Side.BINARY, ef, false), of(Side.HTTP, ef, false),
                                point -> point.many().perSecond()))
                        .wanting(BINARY_OVER_HTTP));
            }
        }
        if (settings.writeRate() > 0) {
            settings.sides().forEach(side -> addDuring(result, side));
        }
        result.plot(curves());
        settings.sides().forEach(side -> result.plot(latencies(side)));
    }

    private List<CurvePoint> of(Side side, int ef, boolean writing) {
        return points.stream().filter(point -> point.side() == side && point.ef() == ef
                && point.writing() == writing).toList();
    }

    private static Figure figure(String name, String formed, String unit, List<CurvePoint> of,
            ToDoubleFunction<CurvePoint> value) {
        return Figure.of(name, formed, unit, Summary.of(of, value));
    }

    private void addStill(BenchResult result, Side side, int ef) {
        List<CurvePoint> all = of(side, ef, false);
        String name = side + "_" + ef;
        Figure recall = figure("recall_" + name, "share of the exact answers found", "share",
                all.subList(0, 1), CurveFigures::recall);
        result.figure(ef == EF_WANTED ? recall.wanting(RECALL_WANTED) : recall);
        result.figure(figure("queries_1_" + name, "one client, closed loop", "queries/s", all,
                point -> point.one().perSecond()));
        result.figure(figure("queries_n_" + name, "all clients, closed loop", "queries/s", all,
                point -> point.many().perSecond()));
        result.figure(figure("query_p50_1_" + name, "one client, closed loop", "ms", all,
                point -> point.one().latency().percentiles().p50Millis()));
        result.figure(figure("query_p99_1_" + name, "one client, closed loop", "ms", all,
                point -> point.one().latency().percentiles().p99Millis()));
        for (int i = 0; i < settings.rates().size(); i++) {
            addOpen(result, all, name, i);
        }
        Figure allocated = figure("allocated_" + name, side == Side.IN_PROCESS
                ? "heap of this process, per query"
                : "heap of the server, per query", "bytes", all, CurveFigures::allocated);
        result.figure(side == Side.BINARY ? allocated.wantingAtMost(ALLOCATED_MAX) : allocated);
        result.figure(figure("query_cpu_own_" + name, "CPU of this process", "us/query", all,
                CurvePoint::ownMicrosPerQuery));
        if (side != Side.IN_PROCESS) {
            result.figure(figure("query_cpu_server_" + name, "CPU of the server", "us/query", all,
                    CurvePoint::serverMicrosPerQuery));
        }
    }

    private void addOpen(BenchResult result, List<CurvePoint> all, String name, int rate) {
        String at = Math.round(settings.rates().get(rate)) + "_per_s_" + name;
        result.figure(figure("open_p50_" + at, "from when it was due", "ms", all,
                point -> point.open().get(rate).latency().percentiles().p50Millis()));
        result.figure(figure("open_p99_" + at, "from when it was due", "ms", all,
                point -> point.open().get(rate).latency().percentiles().p99Millis()));
        result.figure(figure("open_achieved_" + at, "answered / wanted", "share", all,
                point -> point.open().get(rate).achievedPerSecond()
                        / point.open().get(rate).wantedPerSecond()));
    }

    private static double recall(CurvePoint point) {
        Double recall = point.recall();
        return recall == null ? Double.NaN : recall;
    }

    private static double allocated(CurvePoint point) {
        Double allocated = point.allocatedPerQuery();
        return allocated == null ? Double.NaN : allocated;
    }

    /** Between the first width that reaches it and the one before; none where no width does. */
    private void at(BenchResult result, Side side, double recall) {
        List<Double> rates = new ArrayList<>();
        for (int round = 1; round <= settings.rounds(); round++) {
            Sweep sweep = new Sweep();
            for (int ef : settings.efs()) {
                List<CurvePoint> all = of(side, ef, false);
                sweep.add(new Sweep.Point(ef, recall(all.getFirst()),
                        all.get(round - 1).many().perSecond()));
            }
            rates.add(sweep.perSecondAt(recall));
        }
        if (rates.stream().noneMatch(rate -> rate.isNaN())) {
            result.figure(Figure.of("queries_n_at_" + Math.round(100 * recall) + "_" + side,
                    "all clients, at recall " + recall, "queries/s",
                    Summary.of(rates.stream().mapToDouble(rate -> rate).toArray())));
        }
    }

    private void addDuring(BenchResult result, Side side) {
        for (int ef : settings.efs()) {
            List<CurvePoint> all = of(side, ef, true);
            String name = side + "_" + ef;
            Figure recall = figure("recall_during_" + name,
                    "hits as near as the k-th nearest of what was acked before the query", "share", all,
                    CurveFigures::recall);
            result.figure(ef == EF_WANTED ? recall.wanting(RECALL_WANTED) : recall);
            result.figure(figure("queries_n_during_" + name, "all clients, while records come in",
                    "queries/s", all, point -> point.many().perSecond()));
            result.figure(figure("query_p99_1_during_" + name, "one client, while records come in", "ms", all,
                    point -> point.one().latency().percentiles().p99Millis()));
            for (int i = 0; i < settings.rates().size(); i++) {
                int rate = i;
                result.figure(figure(
                        "open_p99_during_" + Math.round(settings.rates().get(i)) + "_per_s_" + name,
                        "from when it was due, while records come in", "ms", all,
                        point -> point.open().get(rate).latency().percentiles().p99Millis()));
            }
        }
        result.figure(Figure.of("written_during_" + side, "records/s that came in meanwhile", "records/s",
                Summary.of(written.getOrDefault(side, Double.NaN))));
    }

    private Plot curves() {
        Plot plot = Plot.of(Plot.Kind.RECALL, "Recall and queries/s, " + settings.clients() + " clients",
                "recall@" + settings.k(), "queries/s");
        for (Side side : settings.sides()) {
            plot = plot.line(side.toString(), curve(side, false));
            if (settings.writeRate() > 0) {
                plot = plot.line(side + ", while records come in", curve(side, true));
            }
        }
        return plot;
    }

    private List<List<Double>> curve(Side side, boolean writing) {
        List<List<Double>> line = new ArrayList<>();
        for (int ef : settings.efs()) {
            List<CurvePoint> all = of(side, ef, writing);
            line.add(List.of(recall(all.getFirst()),
                    Summary.of(all, point -> point.many().perSecond()).median()));
        }
        return line;
    }

    /** At the width of the issue if it was measured, else at the widest. */
    private Plot latencies(Side side) {
        int ef = settings.efs().contains(EF_WANTED) ? EF_WANTED : settings.efs().getLast();
        CurvePoint point = of(side, ef, false).getLast();
        Plot plot = Plot.latencies("Time of a query, " + side + ", ef " + ef + ", last round")
                .line("closed loop, 1 client", point.one().latency())
                .line("closed loop, " + settings.clients() + " clients", point.many().latency());
        for (OpenLoop.Result open : point.open()) {
            plot = plot.line("open loop, " + Math.round(open.wantedPerSecond()) + "/s", open.latency());
        }
        return plot;
    }
}
