package io.forebay.bench.page;

import io.forebay.bench.report.Plot;
import io.forebay.bench.report.Plot.Kind;
import io.forebay.bench.report.Plot.Series;
import io.forebay.bench.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * One plot as inline SVG with a legend below it. Colours are classes, so that the page's style says them for light and for dark;
 * series on the right axis are dashed, so that they can be told apart without colours, too.
 */
final class Chart {
    static final int COLOURS = 8;
    private static final double WIDTH = 480;
    private static final double HEIGHT = 300;
    private static final double LEFT = 52;
    private static final double RIGHT = 14;
    private static final double RIGHT_WITH_AXIS = 52;
    private static final double TOP = 12;
    private static final double BOTTOM = 42;

    private final Plot plot;
    private final Markup out;
    private final Scale x;
    private final Scale left;
    private final @Nullable Scale right;
    private final double plotRight;

    private Chart(Plot plot, Markup out) {
        this.plot = plot;
        this.out = out;
        boolean hasRight = plot.right() != null;
        boolean logarithmic = plot.kind() == Kind.LATENCY || plot.kind() == Kind.RECALL;
        this.x = xScale();
        this.left = logarithmic
                ? Scale.logarithmic(values(1, one -> !one.right()).min().orElse(1),
                        values(1, one -> !one.right()).max().orElse(1))
                : Scale.linear(values(1, one -> !one.right()).max().orElse(1), 6);
        this.right = hasRight ? Scale.linear(values(1, Series::right).max().orElse(1), 6) : null;
        this.plotRight = WIDTH - (hasRight ? RIGHT_WITH_AXIS : RIGHT);
    }

    static void draw(Plot plot, Markup out) {
        new Chart(plot, out).draw();
    }

    private Scale xScale() {
        double min = values(0, one -> true).min().orElse(0);
        double max = values(0, one -> true).max().orElse(1);
        return switch (plot.kind()) {
            case LATENCY -> {
                // The last point is the longest, at 100 %: the axis ends where the next to last percentiles are.
                double last = values(0, one -> true).filter(value -> value < 100).max().orElse(99);
                yield Scale.nines(0, last / 100, true);
            }
            case RECALL -> Scale.nines(min, max, false);
            case TIMELINE -> Scale.linear(max, 8);
            case SIZES -> Scale.logarithmic(min, max);
        };
    }

    private DoubleStream values(int coordinate, Predicate<Series> of) {
        return plot.series().stream().filter(of).flatMap(one -> one.points().stream())
                .mapToDouble(point -> point.get(coordinate)).filter(Double::isFinite);
    }

    private void draw() {
        out.raw("<figure>").element("figcaption", plot.title());
        out.open("svg", "viewBox", String.format(Locale.ROOT, "0 0 %.0f %.0f", WIDTH, HEIGHT), "role", "img",
                "aria-label", plot.title());
        drawGrid();
        for (int i = 0; i < plot.series().size(); i++) {
            drawSeries(plot.series().get(i), i);
        }
        out.raw("</svg>");
        drawLegend();
        out.raw("</figure>\n");
    }

    private double atX(double value) {
        double shown = plot.kind() == Kind.LATENCY ? value / 100 : value;
        return LEFT + x.place(shown) * (plotRight - LEFT);
    }

    private static double atY(Scale scale, double value) {
        return HEIGHT - BOTTOM - scale.place(value) * (HEIGHT - TOP - BOTTOM);
    }

    private void drawGrid() {
        double bottom = HEIGHT - BOTTOM;
        for (Scale.Mark mark : left.marks()) {
            double y = atY(left, mark.value());
            line("g", LEFT, y, plotRight, y);
            label(LEFT - 5, y + 4, "e", mark.label());
        }
        for (Scale.Mark mark : x.marks()) {
            double at = LEFT + x.place(mark.value()) * (plotRight - LEFT);
            line("g", at, TOP, at, bottom);
            label(at, bottom + 15, "m", mark.label());
        }
        if (right != null) {
            for (Scale.Mark mark : right.marks()) {
                label(plotRight + 5, atY(right, mark.value()) + 4, "s", mark.label());
            }
        }
        line("a", LEFT, bottom, plotRight, bottom);
        label((LEFT + plotRight) / 2, HEIGHT - 6, "m", plot.x());
        label(LEFT, TOP - 2, "s", plot.y());
        if (plot.right() != null) {
            label(plotRight + RIGHT_WITH_AXIS - 2, TOP - 2, "e", plot.right());
        }
    }

    private void line(String style, double fromX, double fromY, double toX, double toY) {
        out.open("path", "class", style, "d",
                String.format(Locale.ROOT, "M%.1f %.1fL%.1f %.1f", fromX, fromY, toX, toY)).raw("</path>");
    }

    private void label(double atX, double atY, String anchor, String text) {
        out.open("text", "class", anchor, "x", atX, "y", atY).text(text).raw("</text>");
    }

    private void drawSeries(Series series, int number) {
        Scale scale = series.right() && right != null ? right : left;
        List<String> steps = new ArrayList<>();
        for (List<Double> point : series.points()) {
            if (Double.isFinite(point.get(0)) && Double.isFinite(point.get(1))) {
                steps.add(String.format(Locale.ROOT, "%s%.1f %.1f", steps.isEmpty() ? "M" : "L",
                        atX(point.get(0)), atY(scale, point.get(1))));
            }
        }
        out.open("path", "class", style(series, number), "d", String.join("", steps)).raw("</path>");
        if (plot.kind() == Kind.RECALL || plot.kind() == Kind.SIZES) {
            for (List<Double> point : series.points()) {
                out.open("circle", "class", "c" + number % COLOURS, "r", 3, "cx", atX(point.get(0)), "cy",
                        atY(scale, point.get(1)));
                out.element("title", series.name() + ": " + Table.number(point.get(0)) + ", "
                        + Table.number(point.get(1))).raw("</circle>");
            }
        }
    }

    private static String style(Series series, int number) {
        return "l c" + number % COLOURS + (series.right() || number >= COLOURS ? " d" : "");
    }

    private void drawLegend() {
        out.raw("<ul class=\"legend\">");
        for (int i = 0; i < plot.series().size(); i++) {
            Series series = plot.series().get(i);
            out.raw("<li><svg viewBox=\"0 0 24 8\" aria-hidden=\"true\">")
                    .open("path", "class", style(series, i), "d", "M0 4L24 4").raw("</path></svg>")
                    .text(series.right() ? series.name() + " (right)" : series.name()).raw("</li>");
        }
        out.raw("</ul>");
    }
}
