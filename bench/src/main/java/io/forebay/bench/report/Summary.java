package io.forebay.bench.report;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Median and spread of the repetitions of one measurement. */
public record Summary(double median, double min, double max, int count) {

    public static Summary of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("nothing was measured");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Summary(median, sorted[0], sorted[sorted.length - 1], sorted.length);
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
