package io.forebay.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Lines to draw, as numbers: a result holds them, so that a page can be drawn of it anywhere and later.
 *
 * @param x     what the points' first numbers are, with the unit
 * @param y     the same of the second numbers
 * @param right the same of the series with a scale of their own, on the right; null where there are none
 */
public record Plot(Kind kind, String title, String x, String y, @Nullable String right, List<Series> series) {

    /** What is plotted, which says how the axes are divided. */
    public enum Kind {
        /** Percentiles (0 to 100) and times: x by nines, y logarithmic. */
        LATENCY,
        /** Seconds and rates, with lags or memory on the right. */
        TIMELINE,
        /** Recall and queries/s: x by nines, y logarithmic. */
        RECALL,
        /** Sizes and times: x logarithmic. */
        SIZES;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** One line: pairs of numbers. */
    public record Series(String name, boolean right, List<List<Double>> points) {}

    public static Plot of(Kind kind, String title, String x, String y) {
        return new Plot(kind, title, x, y, null, List.of());
    }

    /** Percentiles of times, one line for each of what was measured. */
    public static Plot latencies(String title) {
        return of(Kind.LATENCY, title, "percentile", "ms");
    }

    public Plot withRight(String label) {
        return new Plot(kind, title, x, y, label, series);
    }

    public Plot line(String name, List<List<Double>> points) {
        return with(new Series(name, false, points));
    }

    public Plot lineRight(String name, List<List<Double>> points) {
        return with(new Series(name, true, points));
    }

    public Plot line(String name, Distribution times) {
        return line(name, times.curve().stream()
                .map(point -> List.of(point.percentile(), point.millis())).toList());
    }

    private Plot with(Series one) {
        List<Series> all = new ArrayList<>(series);
        all.add(one);
        return new Plot(kind, title, x, y, right, List.copyOf(all));
    }
}
