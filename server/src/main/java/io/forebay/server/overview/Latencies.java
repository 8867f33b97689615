package io.forebay.server.overview;

import org.jspecify.annotations.Nullable;

/**
 * A histogram of times, cumulative: {@code counts[i]} took at most {@code boundsNanos[i]}; {@code total} counts those above
 * the last bound too.
 */
public record Latencies(double[] boundsNanos, double[] counts, double total) {
    public static final Latencies NONE = new Latencies(new double[0], new double[0], 0);

    /** Those of both; the bounds must be the same, or one of them have none. */
    public Latencies plus(Latencies other) {
        if (boundsNanos.length == 0 || other.boundsNanos.length == 0) {
            return boundsNanos.length == 0 ? other : this;
        }
        return combined(other, 1);
    }

    /** What came since an earlier moment. */
    public Latencies since(Latencies earlier) {
        return earlier.boundsNanos.length == 0 ? this : combined(earlier, -1);
    }

    private Latencies combined(Latencies other, int sign) {
        double[] sum = new double[counts.length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = counts[i] + sign * other.counts[i];
        }
        return new Latencies(boundsNanos, sum, total + sign * other.total);
    }

    /**
     * The time that this share of them did not exceed, in milliseconds: as exact as the bounds are dense, because between
     * two of them it is a straight line (as Prometheus' {@code histogram_quantile}). Null when there are none.
     */
    public @Nullable Double millis(double share) {
        if (total <= 0 || boundsNanos.length == 0) {
            return null;
        }
        double rank = share * total;
        double below = 0;
        double from = 0;
        for (int i = 0; i < boundsNanos.length; i++) {
            if (counts[i] >= rank) {
                double part = counts[i] > below ? (rank - below) / (counts[i] - below) : 1;
                return (from + (boundsNanos[i] - from) * part) / 1e6;
            }
            below = counts[i];
            from = boundsNanos[i];
        }
        return from / 1e6; // above the last bound: at least that
    }
}
