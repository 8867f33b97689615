package io.forebay.client.dataset;

import io.forebay.model.Space;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Nearest neighbours by comparing with every record, in double precision; equal distances in row order. */
public final class ExactSearch {
    private ExactSearch() {}

    private record Candidate(int row, double distance) {
        static final Comparator<Candidate> NEAREST_FIRST = Comparator.comparingDouble(Candidate::distance)
                .thenComparingInt(Candidate::row);
    }

    /** Row numbers, nearest first, one array for each query. */
    public static List<int[]> nearest(List<float[]> rows, List<float[]> queries, Space space, int count) {
        return queries.parallelStream().map(query -> nearest(rows, query, space, count)).toList();
    }

    private static int[] nearest(List<float[]> rows, float[] query, Space space, int count) {
        PriorityQueue<Candidate> kept = new PriorityQueue<>(Candidate.NEAREST_FIRST.reversed());
        for (int row = 0; row < rows.size(); row++) {
            Candidate candidate = new Candidate(row, distance(rows.get(row), query, space));
            Candidate farthest = kept.peek();
            if (farthest == null || kept.size() < count) {
                kept.add(candidate);
            } else if (Candidate.NEAREST_FIRST.compare(candidate, farthest) < 0) {
                kept.poll();
                kept.add(candidate);
            }
        }
        List<Candidate> ordered = new ArrayList<>(kept);
        ordered.sort(Candidate.NEAREST_FIRST);
        return ordered.stream().mapToInt(Candidate::row).toArray();
    }

    /**
     * As Chroma defines it: squared for l2, one minus the product for ip, one minus the cosine for cosine.
     */
    public static double distance(float[] a, float[] b, Space space) {
        return switch (space) {
            case L2 -> squaredDistance(a, b);
            case IP -> 1 - dot(a, b);
            case COSINE -> {
                double norms = dot(a, a) * dot(b, b);
                yield norms == 0 ? 1 : 1 - dot(a, b) / Math.sqrt(norms);
            }
        };
    }

    private static double squaredDistance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = (double) a[i] - b[i];
            sum += difference * difference;
        }
        return sum;
    }

    /** Four sums side by side: they do not wait for each other. */
    private static double dot(float[] a, float[] b) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int i = 0;
        for (; i + 3 < a.length; i += 4) {
            sum0 += (double) a[i] * b[i];
            sum1 += (double) a[i + 1] * b[i + 1];
            sum2 += (double) a[i + 2] * b[i + 2];
            sum3 += (double) a[i + 3] * b[i + 3];
        }
        for (; i < a.length; i++) {
            sum0 += (double) a[i] * b[i];
        }
        return sum0 + sum1 + (sum2 + sum3);
    }
}
