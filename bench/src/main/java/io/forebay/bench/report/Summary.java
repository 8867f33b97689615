package io.forebay.bench.report;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Median and spread of the repetitions of one measurement.
 *
 * @param firstQuartile between the two nearest repetitions in proportion; so with three repetitions it lies half way
 *                      between the least and the median
 */
public record Summary(double median, double min, double max, int count, double firstQuartile,
        double thirdQuartile) {

    public static Summary of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("nothing was measured");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Summary(quantile(sorted, 0.5), sorted[0], sorted[sorted.length - 1], sorted.length,
                quantile(sorted, 0.25), quantile(sorted, 0.75));
    }

    private static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        double fraction = place - below;
        return fraction == 0
                ? sorted[below]
                : sorted[below] + fraction * (sorted[below + 1] - sorted[below]);
    }

    /** In another unit. */
    public Summary times(double factor) {
        return new Summary(median * factor, min * factor, max * factor, count, firstQuartile * factor,
                thirdQuartile * factor);
    }

    public static <T> Summary of(List<T> runs, ToDoubleFunction<T> value) {
        return of(runs.stream().mapToDouble(value).toArray());
    }

    /**
     * Of the ratios of runs that were taken one after the other: what slowed the machine down for both is in
     * neither ratio, which is why the ratio of two medians is not taken.
     */
    public static <T> Summary ofRatios(List<T> numerators, List<T> denominators, ToDoubleFunction<T> value) {
        if (numerators.size() != denominators.size()) {
            throw new IllegalArgumentException(
                    numerators.size() + " runs cannot be paired with " + denominators.size());
        }
        double[] ratios = new double[numerators.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = value.applyAsDouble(numerators.get(i)) / value.applyAsDouble(denominators.get(i));
        }
        return of(ratios);
    }
}
