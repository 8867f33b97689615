package io.forebay.bench.index;

import io.forebay.client.dataset.ExactSearch;
import io.forebay.index.vector.Neighbors;
import io.forebay.index.vector.SearchOptions;
import io.forebay.index.vector.VectorView;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Searching among some of the rows only: random ones, and those nearest to one row, which is another one in
 * each round. The latter are asked for by all queries, by the queries nearest to that row, and by those
 * farthest from it. The latency is compared with that of the same queries without a filter, at the same
 * width: of all searches the CPU time, and its 99th percentile over the queries, of each the fastest search,
 * because others use the machine too.
 */
final class FilterPart {
    private static final double[] SHARES = {0.5, 0.1, 0.01, 0.001};
    private static final int EF = 100;
    private static final long SEED = 3;
    private static final double RECALL_WANTED = 0.95;
    private static final double LATENCY_ALLOWED = 3;
    private static final String ALL = "unfiltered";
    private static final String ALL_INSIDE = "unfiltered_inside";
    private static final String ALL_FAR = "unfiltered_far";
    private static final String P99 = "_p99";
    private static final String ONE = "one_record";

    private final IndexBench bench;
    private final VectorSet set;
    private final String measurement;
    private final Set<String> filtered = new LinkedHashSet<>();

    FilterPart(IndexBench bench, VectorSet set) {
        this.bench = bench;
        this.set = set;
        this.measurement = "filter_" + set.name();
    }

    void measure(IndexFigures figures) throws Exception {
        try (SegmentGraph graph = bench.open(set)) {
            graph.build();
            for (int round = bench.settings().firstRound(); round <= bench.settings().rounds(); round++) {
                measure(round, graph);
            }
        }
        for (String side : filtered) {
            figures.value(measurement, side, "_recall", "recall@10 against exact search of the same rows",
                    "", IndexRun::recall, figure -> figure.wanting(RECALL_WANTED));
            figures.ratio(measurement, side, unfiltered(side), "",
                    "of each round, CPU time a query, ef " + EF, IndexRun::cpuMicrosEach,
                    figure -> figure.wantingAtMost(LATENCY_ALLOWED));
            figures.ratio(measurement + P99, side, unfiltered(side), "",
                    "of each round, p99 over the queries, ef " + EF, IndexRun::amountEach,
                    figure -> figure.wantingAtMost(LATENCY_ALLOWED));
        }
    }

    private static String unfiltered(String side) {
        return side.startsWith("inside") ? ALL_INSIDE : side.startsWith("far") ? ALL_FAR : ALL;
    }

    private void measure(int round, SegmentGraph graph) throws Exception {
        Random random = new Random(SEED + round);
        float[] pivot = set.rows()[random.nextInt(set.size())];
        int[] nearFirst = nearFirst(set.rows(), pivot);
        float[][] all = set.queries();
        float[][] ordered = Arrays.stream(nearFirst(all, pivot)).mapToObj(query -> all[query])
                .toArray(float[][]::new);
        int tenth = Math.max(1, all.length / 10);
        float[][] inside = Arrays.copyOf(ordered, tenth);
        float[][] far = Arrays.copyOfRange(ordered, ordered.length - tenth, ordered.length);
        search(round, graph, ALL, all, null);
        search(round, graph, ALL_INSIDE, inside, null);
        search(round, graph, ALL_FAR, far, null);
        for (double share : SHARES) {
            int count = Math.max(1, (int) (share * set.size()));
            int[] some = random.ints(0, set.size()).distinct().limit(count).toArray();
            int[] near = Arrays.copyOf(nearFirst, count);
            String label = String.format(Locale.ROOT, "%s", share);
            search(round, graph, "random_" + label, all, some);
            search(round, graph, "cluster_" + label, all, near);
            search(round, graph, "inside_" + label, inside, near);
            search(round, graph, "far_" + label, far, near);
        }
        searchOneRecord(round, graph, random);
    }

    private int[] nearFirst(float[][] vectors, float[] pivot) {
        double[] distances = Arrays.stream(vectors)
                .mapToDouble(vector -> ExactSearch.distance(vector, pivot, set.space())).toArray();
        return IntStream.range(0, vectors.length).boxed()
                .sorted(Comparator.comparingDouble(ordinal -> distances[ordinal])).mapToInt(i -> i).toArray();
    }

    private void search(int round, SegmentGraph graph, String side, float[][] queries,
            int @Nullable [] allowed) throws Exception {
        ExactAnswers exact = ExactAnswers.of(set.rows(), queries, set.space(), VectorSet.K, allowed);
        RoaringBitmap bitmap = allowed == null ? null : RoaringBitmap.bitmapOf(allowed);
        VectorView view = graph.segment().view();
        SearchOptions options = new SearchOptions(EF, false);
        double[] micros = new double[queries.length];
        Answers answers = ask(micros, query -> view.search(queries[query], VectorSet.K, bitmap, options));
        checkAllowed(answers.found(), bitmap);
        add(round, side, answers, exact.recall(answers.found()), micros);
    }

    /** Puts the fastest search of each query into {@code micros}. */
    private Answers ask(double[] micros, IntFunction<Neighbors> search) throws Exception {
        Arrays.fill(micros, Double.POSITIVE_INFINITY);
        return Answers.ask(micros.length, bench.settings().searchSeconds(), query -> {
            long start = System.nanoTime();
            int[] found = search.apply(query).ordinals();
            micros[query] = Math.min(micros[query], (System.nanoTime() - start) / 1e3);
            return found;
        });
    }

    private static void checkAllowed(int[][] found, @Nullable RoaringBitmap allowed) {
        for (int[] ordinals : found) {
            for (int ordinal : ordinals) {
                if (allowed != null && !allowed.contains(ordinal)) {
                    throw new IllegalStateException("ordinal " + ordinal + " was found and is not allowed");
                }
            }
        }
    }

    /** Each query may find another one record only. */
    private void searchOneRecord(int round, SegmentGraph graph, Random random) throws Exception {
        float[][] queries = set.queries();
        int[] only = random.ints(queries.length, 0, set.size()).toArray();
        RoaringBitmap[] bitmaps = Arrays.stream(only).mapToObj(RoaringBitmap::bitmapOf)
                .toArray(RoaringBitmap[]::new);
        VectorView view = graph.segment().view();
        SearchOptions options = new SearchOptions(EF, false);
        double[] micros = new double[queries.length];
        Answers answers = ask(micros,
                query -> view.search(queries[query], VectorSet.K, bitmaps[query], options));
        double hits = IntStream.range(0, only.length)
                .filter(i -> Arrays.equals(answers.found()[i], new int[]{only[i]})).count();
        add(round, ONE, answers, hits / only.length, micros);
    }

    private void add(int round, String side, Answers answers, double recall, double[] micros) {
        if (!side.startsWith(ALL)) {
            filtered.add(side);
        }
        bench.add(IndexRun.timed(round, measurement, side, answers.searches(), answers.times(), recall));
        double[] sorted = micros.clone();
        Arrays.sort(sorted);
        double p99 = sorted[(int) Math.ceil(0.99 * sorted.length) - 1];
        bench.add(IndexRun.counted(round, measurement + P99, side, 1, p99));
    }
}
