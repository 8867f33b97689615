package io.forebay.bench.data;

import java.util.List;
import java.util.stream.IntStream;

/**
 * In how many directions points vary, seen from close by: the estimate from the two nearest neighbours of each point (TwoNN; Facco,
 * d'Errico, Rodriguez, Laio, 2017). Where the density hardly changes within the second nearest, the ratio of the two distances
 * follows a Pareto law whose exponent is the dimension; of the likelihood of all ratios the maximum is taken.
 *
 * <p>It finds less than there is where points are few for their dimension: from some ten on, noticeably.
 */
public final class IntrinsicDimension {
    private IntrinsicDimension() {}

    /**
     * NaN where fewer than two points differ.
     *
     * @param pointsMax the first so many are compared with each other; time grows with the square
     */
    public static double twoNearest(List<float[]> points, int pointsMax) {
        int count = Math.min(points.size(), pointsMax);
        double[] logs = IntStream.range(0, count).parallel()
                .mapToDouble(point -> logRatio(points, point, count)).filter(Double::isFinite).toArray();
        double sum = 0;
        for (double log : logs) {
            sum += log;
        }
        return sum > 0 ? (logs.length - 1) / sum : Double.NaN;
    }

    /** Of the distances of the two nearest, where copies of a point count once, and those of this one not at all. */
    private static double logRatio(List<float[]> points, int point, int count) {
        double nearest = Double.POSITIVE_INFINITY;
        double second = Double.POSITIVE_INFINITY;
        float[] own = points.get(point);
        for (int i = 0; i < count; i++) {
            double distance = i == point ? 0 : squared(own, points.get(i), second);
            if (distance > 0 && distance < second && distance != nearest) {
                second = Math.max(nearest, distance);
                nearest = Math.min(nearest, distance);
            }
        }
        return Double.isInfinite(second) ? Double.NaN : 0.5 * Math.log(second / nearest);
    }

    /** Or something above the limit. */
    private static double squared(float[] a, float[] b, double limit) {
        double sum = 0;
        for (int i = 0; i < a.length && sum < limit; i++) {
            double difference = (double) a[i] - b[i];
            sum += difference * difference;
        }
        return sum;
    }
}
