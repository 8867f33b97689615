package io.forebay.bench.index;

import io.forebay.bench.load.BenchThreads;
import java.util.ArrayList;
import java.util.List;

/**
 * Searching: each side builds its graph once; in each round each is asked all queries at every width. Rates
 * are compared where the recalls are equal. Then ours with two threads over one, on the wall.
 */
final class SearchPart {
    private static final int[] WIDTHS = {10, 15, 20, 30, 40, 60, 80, 120, 160, 240, 400};
    private static final double[] RECALLS = {0.95, 0.99};
    private static final int EF = 100;

    private final IndexBench bench;
    private final VectorSet set;
    private final String measurement;
    private final String ours;

    SearchPart(IndexBench bench, VectorSet set) {
        this.bench = bench;
        this.set = set;
        this.measurement = "search_" + set.name();
        this.ours = bench.settings().side();
    }

    void measure(IndexFigures figures) throws Exception {
        List<Graph> graphs = new ArrayList<>();
        try {
            for (Side side : Side.inTurn(bench.hasCpp(), 0)) {
                Graph graph = bench.open(side, set);
                graphs.add(graph);
                graph.build();
            }
            System.gc();
            for (int round = bench.settings().firstRound(); round <= bench.settings().rounds(); round++) {
                for (Side side : Side.inTurn(bench.hasCpp(), round)) {
                    sweep(round, side, graphs.get(side.ordinal()));
                }
                for (int threads = 1; threads <= 2; threads++) {
                    bench.add(IndexRun.timed(round, measurement, ours + "_threads_" + threads,
                            threads * set.queries().length,
                            together(graphs.get(Side.OURS.ordinal()), threads),
                            Double.NaN));
                }
            }
        } finally {
            for (Graph graph : graphs) {
                graph.close();
            }
        }
        addFigures(figures);
    }

    private void sweep(int round, Side side, Graph graph) throws Exception {
        Sweep sweep = new Sweep();
        for (int ef : WIDTHS) {
            Answers answers = graph.search(ef, bench.settings().searchSeconds());
            double recall = set.exact().recall(answers.found());
            sweep.add(new Sweep.Point(ef, recall, answers.perCpuSecond()));
            bench.add(IndexRun.timed(round, measurement + "_ef_" + ef, bench.name(side),
                    answers.searches(), answers.times(), recall));
        }
        for (double recall : RECALLS) {
            double rate = sweep.perSecondAt(recall);
            if (Double.isNaN(rate)) {
                bench.note(bench.name(side) + " does not reach recall " + recall + " on " + set.name());
            } else {
                Times one = new Times(1 / rate, 1 / rate);
                bench.add(IndexRun.timed(round, at(recall), bench.name(side), 1, one, recall));
            }
            if (round == 1 && sweep.isAllAbove(recall)) {
                bench.note("%s has recall above %s on %s even at ef %d: its rate there is taken".formatted(
                        bench.name(side), recall, set.name(), WIDTHS[0]));
            }
        }
    }

    /** Each thread asks all queries, as often; the time on the wall until all were answered once by each. */
    private Times together(Graph graph, int threads) throws Exception {
        Answers alone = graph.search(EF, 0);
        double secondsEach = bench.settings().searchSeconds();
        int passes = (int) Math.max(1, Math.ceil(secondsEach / alone.times().cpuSeconds()));
        long start = System.nanoTime();
        BenchThreads.onEach(threads, () -> {
            for (int pass = 0; pass < passes; pass++) {
                graph.search(EF, 0);
            }
            return 0;
        });
        return new Times(Double.NaN, (System.nanoTime() - start) / 1e9 / passes);
    }

    private String at(double recall) {
        return measurement + "_at_" + Math.round(recall * 100);
    }

    private void addFigures(IndexFigures figures) {
        for (double recall : RECALLS) {
            String name = at(recall);
            for (Side side : Side.inTurn(bench.hasCpp(), 0)) {
                if (figures.has(name, bench.name(side))) {
                    figures.value(name, bench.name(side), "", "one thread, CPU time, interpolated",
                            "queries/s", IndexRun::perCpuSecond, IndexFigures::reported);
                }
            }
            ratio(figures, name, Side.CORE, 8);
            ratio(figures, name, Side.CPP, 1.8);
        }
        figures.ratio(measurement, ours + "_threads_2", ours + "_threads_1", "",
                "of each round, time on the wall, ef " + EF, IndexRun::perWallSecond,
                figure -> figure.wanting(1.9));
    }

    private void ratio(IndexFigures figures, String name, Side other, double wanted) {
        if (figures.of(name, ours).size() == bench.settings().rounds()
                && figures.of(name, bench.name(other)).size() == bench.settings().rounds()) {
            figures.ratio(name, ours, bench.name(other), "", "of each round", IndexRun::perCpuSecond,
                    figure -> figure.wanting(wanted));
        }
    }
}
