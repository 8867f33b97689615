package io.forebay.bench.index;

import java.util.function.UnaryOperator;
import io.forebay.bench.report.Figure;

/**
 * Building the graph: ours as one backlog, in batches of {@value #BATCH} and with two threads, and the peers'
 * in turns. The rate of ours has appending in it (arena, checksums, codes); the peers have their rows in
 * memory already.
 */
final class BuildPart {
    private static final int BATCH = 100;
    /** At this width the graphs are compared. */
    private static final int EF = 100;
    /** Recall of so much less is still called equal: about twice what two builds of one engine differ by. */
    private static final double EQUAL = -0.005;
    private static final String IN_BATCHES = "_batches";
    private static final String TWO = "_2_threads";

    private final IndexBench bench;
    private final VectorSet set;
    private final String measurement;
    private final String ours;

    BuildPart(IndexBench bench, VectorSet set) {
        this.bench = bench;
        this.set = set;
        this.measurement = "build_" + set.name();
        this.ours = bench.settings().side();
    }

    void measure(IndexFigures figures) throws Exception {
        for (int round = bench.settings().firstRound(); round <= bench.settings().rounds(); round++) {
            for (Side side : Side.inTurn(bench.hasCpp(), round)) {
                // What the last side left on the heap is not collected at the cost of this one.
                System.gc();
                build(round, side);
                if (side == Side.OURS) {
                    buildInBatches(round);
                    linkWithThreads(round);
                }
            }
        }
        addFigures(figures);
    }

    private void build(int round, Side side) throws Exception {
        try (Graph graph = bench.open(side, set)) {
            add(round, bench.name(side), graph, graph.build());
        }
    }

    private void buildInBatches(int round) throws Exception {
        try (SegmentGraph graph = bench.open(set)) {
            add(round, ours + IN_BATCHES, graph, graph.buildInBatches(BATCH));
        }
    }

    /**
     * Linking only: appending is one thread's affair. Both with the pool's threads, so that only their
     * number differs.
     */
    private void linkWithThreads(int round) throws Exception {
        for (int threads : new int[]{1, 2}) {
            try (SegmentGraph graph = bench.open(set)) {
                graph.append();
                add(round, ours + (threads == 1 ? "_1_thread" : TWO), graph, graph.linkAll(threads));
            }
        }
    }

    private void add(int round, String side, Graph graph, Times times) throws Exception {
        double recall = set.exact().recall(graph.search(EF, 0).found());
        bench.add(IndexRun.timed(round, measurement, side, set.size(), times, recall));
    }

    private void addFigures(IndexFigures figures) {
        String rate = "vectors / CPU time of the one thread, M 16, efC 100";
        for (String side : new String[]{ours, ours + IN_BATCHES, "core", "cpp"}) {
            if (figures.has(measurement, side)) {
                figures.value(measurement, side, "", rate, "vectors/s", IndexRun::perCpuSecond,
                        IndexFigures::reported);
                figures.value(measurement, side, "_recall", "recall@10 at ef " + EF, "", IndexRun::recall,
                        IndexFigures::reported);
            }
        }
        boolean low = set.name().equals("low128");
        ratio(figures, ours, "core", figure -> figure.wanting(low ? 9 : 8));
        ratio(figures, ours + IN_BATCHES, "core", figure -> figure.wanting(5));
        if (bench.hasCpp()) {
            ratio(figures, ours, "cpp", figure -> figure.wanting(low ? 2 : 1.7));
        }
        figures.ratio(measurement, ours + TWO, ours + "_1_thread", "", "of each round, time on the wall",
                IndexRun::perWallSecond, figure -> figure.wanting(1.8));
        figures.recallGain(measurement, ours + TWO, ours, EQUAL);
    }

    private void ratio(IndexFigures figures, String first, String second, UnaryOperator<Figure> wanting) {
        figures.ratio(measurement, first, second, "", "of each round, CPU time", IndexRun::perCpuSecond,
                wanting);
        figures.recallGain(measurement, first, second, EQUAL);
    }
}
