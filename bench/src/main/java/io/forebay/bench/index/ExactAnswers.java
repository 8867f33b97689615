package io.forebay.bench.index;

import io.forebay.bench.load.BenchThreads;
import io.forebay.client.dataset.ExactSearch;
import io.forebay.index.vector.DistanceKernels;
import io.forebay.model.Space;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How far the k-th nearest row of each query is, by comparing with every row, and what share of an answer is
 * as near. So whichever of several equally near rows is found, it counts: the real data have duplicates.
 *
 * <p>The distances that decide are of double precision; float32 kernels only choose which rows are looked at.
 */
final class ExactAnswers {
    /** Rows kept beyond k, so that rounding of the first pass loses none. */
    private static final int SPARE = 22;
    /** Queries of one pass over the rows. */
    private static final int GROUP = 16;
    private static final double ROUNDING = 1e-6;

    private final float[][] rows;
    private final float[][] queries;
    private final Space space;
    private final int wanted;
    private final double[] bounds;

    private ExactAnswers(float[][] rows, float[][] queries, Space space, int wanted) {
        this.rows = rows;
        this.queries = queries;
        this.space = space;
        this.wanted = wanted;
        this.bounds = new double[queries.length];
    }

    /** @param allowed ordinals of the rows that may be found; null = all */
    static ExactAnswers of(float[][] rows, float[][] queries, Space space, int k, int @Nullable [] allowed)
            throws Exception {
        int[] candidates = allowed == null ? IntStream.range(0, rows.length).toArray() : allowed;
        ExactAnswers answers = new ExactAnswers(rows, queries, space, Math.min(k, candidates.length));
        AtomicInteger next = new AtomicInteger();
        BenchThreads.onEach(Runtime.getRuntime().availableProcessors(), () -> {
            for (int from = next.getAndAdd(GROUP); from < queries.length; from = next.getAndAdd(GROUP)) {
                answers.measure(from, Math.min(queries.length, from + GROUP), candidates);
            }
            return 0;
        });
        return answers;
    }

    private void measure(int from, int to, int[] candidates) {
        Nearest[] nearest = new Nearest[to - from];
        Arrays.setAll(nearest, unused -> new Nearest(wanted + SPARE));
        int dimension = queries[from].length;
        for (int candidate : candidates) {
            float[] row = rows[candidate];
            for (int i = 0; i < nearest.length; i++) {
                float distance = space == Space.L2
                        ? DistanceKernels.squaredL2(queries[from + i], row, dimension)
                        : -DistanceKernels.dot(queries[from + i], row, dimension);
                nearest[i].offer(candidate, distance);
            }
        }
        for (int i = 0; i < nearest.length; i++) {
            float[] query = queries[from + i];
            double[] distances = Arrays.stream(nearest[i].ordinals())
                    .mapToDouble(ordinal -> ExactSearch.distance(query, rows[ordinal], space)).sorted()
                    .toArray();
            bounds[from + i] = distances[wanted - 1];
        }
    }

    /** Mean over the queries of the share of the k nearest that was found; each ordinal counts once. */
    double recall(int[][] found) {
        if (found.length != queries.length) {
            throw new IllegalArgumentException(found.length + " answers to " + queries.length + " queries");
        }
        double sum = 0;
        for (int i = 0; i < found.length; i++) {
            sum += recall(i, found[i]);
        }
        return sum / found.length;
    }

    private double recall(int query, int[] found) {
        double bound = bounds[query] + ROUNDING * Math.abs(bounds[query]) + ROUNDING / 1000;
        long near = Arrays.stream(found).distinct()
                .filter(ordinal -> ExactSearch.distance(queries[query], rows[ordinal], space) <= bound)
                .count();
        return Math.min(near, wanted) / (double) wanted;
    }

    /** The nearest so far, unsorted, and the farthest of them. Small enough to be searched through. */
    private static final class Nearest {
        private final int[] ordinals;
        private final float[] distances;
        private int size;
        private int farthest;

        Nearest(int capacity) {
            ordinals = new int[capacity];
            distances = new float[capacity];
        }

        void offer(int ordinal, float distance) {
            if (size < ordinals.length) {
                put(size++, ordinal, distance);
            } else if (distance < distances[farthest]) {
                put(farthest, ordinal, distance);
            }
        }

        private void put(int place, int ordinal, float distance) {
            ordinals[place] = ordinal;
            distances[place] = distance;
            for (int i = 0; i < size; i++) {
                farthest = distances[i] > distances[farthest] ? i : farthest;
            }
        }

        int[] ordinals() {
            return Arrays.copyOf(ordinals, size);
        }
    }
}
