package io.forebay.bench.page;

import io.forebay.bench.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/** Where values lie along an axis, and where it has marks. */
final class Scale {
    /** The last nine that is told apart: 99.999 % or a recall of 0.99999. */
    private static final double NINES_MAX = 5;

    private final DoubleUnaryOperator transform;
    private final double low;
    private final double high;
    private final List<Mark> marks;

    /** A line across the plot. */
    record Mark(double value, String label) {}

    private Scale(DoubleUnaryOperator transform, double low, double high, List<Mark> marks) {
        this.transform = transform;
        this.low = low;
        this.high = high > low ? high : low + 1;
        this.marks = marks;
    }

    List<Mark> marks() {
        return marks;
    }

    /** From 0 at the low end to 1; what is outside lies at its end. */
    double place(double value) {
        double place = (transform.applyAsDouble(value) - low) / (high - low);
        return Math.clamp(place, 0, 1);
    }

    /** From 0 on. */
    static Scale linear(double max, int marksMax) {
        double end = max > 0 ? max : 1;
        double step = Math.pow(10, Math.floor(Math.log10(end)));
        for (double part : new double[]{0.1, 0.2, 0.5, 1, 2, 5}) {
            if (end / (step * part) <= marksMax) {
                step *= part;
                break;
            }
        }
        List<Mark> marks = new ArrayList<>();
        for (int i = 0; i * step <= end * 1.0001; i++) {
            marks.add(new Mark(i * step, label(i * step)));
        }
        return new Scale(value -> value, 0, end, marks);
    }

    /** From a round number below the least to one above the most. */
    static Scale logarithmic(double min, double max) {
        double least = min > 0 ? min : 1e-3;
        double most = Math.max(max, 1.5 * least);
        double first = Math.pow(10, Math.floor(Math.log10(least)));
        double from = first * (least >= 5 * first ? 5 : least >= 2 * first ? 2 : 1);
        double last = Math.pow(10, Math.floor(Math.log10(most)));
        double to = last * (most > 5 * last ? 10 : most > 2 * last ? 5 : 2);
        boolean fine = to / from <= 200;
        List<Mark> marks = new ArrayList<>();
        for (double decade = first; decade <= to * 1.001; decade *= 10) {
            for (int digit : fine ? new int[]{1, 2, 5} : new int[]{1}) {
                double value = digit * decade;
                if (value >= from * 0.999 && value <= to * 1.001) {
                    marks.add(new Mark(value, label(value)));
                }
            }
        }
        return new Scale(value -> Math.log10(Math.max(value, from)), Math.log10(from), Math.log10(to), marks);
    }

    /** Shares from 0 to 1, drawn by the distance to 1: 0.9, 0.99, 0.999 lie at even distances. */
    static Scale nines(double min, double max, boolean percent) {
        double from = percent ? 0 : Math.floor(nines(min) * 2) / 2;
        double to = Math.clamp(Math.ceil(nines(max) * 2) / 2, from + 0.5, NINES_MAX);
        List<Mark> marks = new ArrayList<>();
        for (double share : new double[]{0, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999}) {
            boolean inside = nines(share) >= from - 1e-9 && nines(share) <= to + 1e-9;
            boolean crowded = percent && (share == 0.75 || share == 0.95 || share == 0.5 && to > 3);
            if (inside && !crowded) {
                marks.add(new Mark(share, percent
                        ? String.format(Locale.ROOT, "%s %%", plain(100 * share))
                        : plain(share)));
            }
        }
        return new Scale(Scale::nines, from, to, marks);
    }

    private static double nines(double share) {
        return -Math.log10(Math.max(1 - share, Math.pow(10, -NINES_MAX)));
    }

    private static String plain(double value) {
        return new java.math.BigDecimal(String.format(Locale.ROOT, "%.5f", value)).stripTrailingZeros()
                .toPlainString();
    }

    static String label(double value) {
        double size = Math.abs(value);
        if (size >= 1e6) {
            return plain(value / 1e6) + " M";
        }
        if (size >= 1e4) {
            return plain(value / 1e3) + " k";
        }
        return size == 0 || size >= 1e-5 ? plain(value) : Table.number(value);
    }
}
