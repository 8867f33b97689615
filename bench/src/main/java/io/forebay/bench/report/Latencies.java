package io.forebay.bench.report;

import org.HdrHistogram.Histogram;

/** Percentiles of a distribution of times. */
public record Latencies(long count, double p50Millis, double p90Millis, double p99Millis, double p999Millis,
        double maxMillis) {
    private static final long HIGHEST_NANOS = 3_600_000_000_000L;

    /** A histogram of nanoseconds with three digits, up to an hour. */
    public static Histogram histogram() {
        return new Histogram(HIGHEST_NANOS, 3);
    }

    /** Longer than the histogram holds is counted as the longest that it holds. */
    public static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.min(nanos, HIGHEST_NANOS));
    }

    public static Latencies of(Histogram nanos) {
        return new Latencies(nanos.getTotalCount(), millis(nanos, 50), millis(nanos, 90), millis(nanos, 99),
                millis(nanos, 99.9), nanos.getMaxValue() / 1e6);
    }

    private static double millis(Histogram nanos, double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e6;
    }
}
