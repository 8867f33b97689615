package io.forebay.bench.index;

import io.forebay.index.vector.SearchOptions;

/**
 * Closing and opening a segment. {@code first_query} is open and one query, which may scan; {@code ready} is
 * open, linking of whatever the segment did not bring with it, and one query, so that the graph is as
 * complete as it was. Both on the wall, over the time of appending and linking with one thread. The files are
 * in the page cache.
 */
final class RestartPart {
    private static final double SHARE_ALLOWED = 0.05;
    private static final int EF = 100;

    private final IndexBench bench;
    private final VectorSet set;
    private final String measurement;

    RestartPart(IndexBench bench, VectorSet set) {
        this.bench = bench;
        this.set = set;
        this.measurement = "restart_" + set.name();
    }

    void measure(IndexFigures figures) throws Exception {
        for (int round = bench.settings().firstRound(); round <= bench.settings().rounds(); round++) {
            try (SegmentGraph graph = bench.open(set)) {
                measure(round, graph);
            }
        }
        for (String side : new String[]{"build", "close", "first_query", "ready"}) {
            figures.value(measurement, side, "", "on the wall", "s", IndexRun::wallSeconds,
                    IndexFigures::reported);
        }
        figures.value(measurement, "linked_at_open", "", "share of the records that the graph has at once",
                "", IndexRun::amountEach, figure -> figure.wanting(1));
        figures.ratio(measurement, "first_query", "build", "", "of each round, on the wall",
                IndexRun::wallSeconds, IndexFigures::reported);
        figures.ratio(measurement, "ready", "build", "", "of each round, on the wall", IndexRun::wallSeconds,
                figure -> figure.wantingAtMost(SHARE_ALLOWED));
    }

    private void measure(int round, SegmentGraph graph) throws Exception {
        Times build = graph.build();
        double before = recall(graph);
        int count = graph.segment().count();
        Times close = Times.of(() -> {
            graph.segment().storeGraph();
            graph.segment().close();
        });
        int[] linked = new int[1];
        Times first = Times.of(() -> {
            graph.reopen(count);
            linked[0] = graph.segment().linked();
            ask(graph);
        });
        Times rest = Times.of(() -> {
            graph.linkAll();
            ask(graph);
        });
        add(round, "build", build, before);
        add(round, "close", close, Double.NaN);
        add(round, "first_query", first, Double.NaN);
        add(round, "ready", first.plus(rest), recall(graph));
        bench.add(IndexRun.counted(round, measurement, "linked_at_open", set.size(), linked[0]));
    }

    private void ask(SegmentGraph graph) {
        graph.segment().view().search(set.queries()[0], VectorSet.K, null, new SearchOptions(EF, false));
    }

    private double recall(SegmentGraph graph) throws Exception {
        return set.exact().recall(graph.search(EF, 0).found());
    }

    private void add(int round, String side, Times times, double recall) {
        bench.add(IndexRun.timed(round, measurement, side, set.size(), times, recall));
    }
}
