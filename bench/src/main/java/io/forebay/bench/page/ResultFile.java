package io.forebay.bench.page;

import io.forebay.bench.report.Plot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a page needs of one result. Those of version 1 have no plots.
 *
 * <p>Failure: a file that is none is an {@link IOException} that names it.
 */
record ResultFile(String file, String benchmark, String startedAt, Map<?, ?> all, List<Shown> figures,
        List<Plot> plots, List<String> notes) {

    /** One figure. Limits are NaN where nothing is wanted. */
    record Shown(String name, String formed, String unit, double median, double min, double max, int count,
            double atLeast, double atMost) {

        boolean isWanted() {
            return !Double.isNaN(atLeast) || !Double.isNaN(atMost);
        }

        boolean isReached() {
            return Double.isNaN(atMost) ? median >= atLeast : median <= atMost;
        }
    }

    static ResultFile read(Path file) throws IOException {
        try {
            if (!(JsonTree.read(file) instanceof Map<?, ?> all)) {
                throw new IOException("it holds no object");
            }
            List<Shown> figures = new ArrayList<>();
            for (Object figure : list(all, "figures")) {
                figures.add(figure(map(figure)));
            }
            List<Plot> plots = new ArrayList<>();
            for (Object plot : list(all, "plots")) {
                plots.add(plot(map(plot)));
            }
            return new ResultFile(String.valueOf(file.getFileName()), text(all, "benchmark"),
                    text(all, "startedAt"), all, figures, plots,
                    list(all, "notes").stream().map(String::valueOf).toList());
        } catch (IOException | IllegalArgumentException e) {
            if (!Files.exists(file)) {
                throw new java.nio.file.NoSuchFileException(file.toString());
            }
            throw new IOException(file + " is not the result of a benchmark: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
        }
    }

    /** Of each benchmark the one that began last; what is no result is told. */
    static List<ResultFile> newest(Path folder, Collection<String> passedOver) throws IOException {
        Map<String, ResultFile> newest = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(one -> one.toString().endsWith(".json")).sorted().toList()) {
                try {
                    ResultFile one = read(file);
                    newest.merge(one.benchmark(), one, (a, b) -> Comparator
                            .comparing(ResultFile::startedAt).compare(a, b) > 0 ? a : b);
                } catch (IOException none) {
                    passedOver.add(none.getMessage());
                }
            }
        }
        return List.copyOf(newest.values());
    }

    private static Shown figure(Map<?, ?> figure) {
        Map<?, ?> value = map(figure.get("value"));
        return new Shown(text(figure, "name"), text(figure, "formed"), text(figure, "unit"),
                number(value, "median"), number(value, "min"), number(value, "max"),
                (int) number(value, "count"), number(figure, "atLeast"), number(figure, "atMost"));
    }

    private static Plot plot(Map<?, ?> plot) {
        List<Plot.Series> series = new ArrayList<>();
        for (Object one : list(plot, "series")) {
            Map<?, ?> line = map(one);
            List<List<Double>> points = new ArrayList<>();
            for (Object point : list(line, "points")) {
                if (!(point instanceof List<?> pair) || pair.size() != 2) {
                    throw new IllegalArgumentException("a point of '" + text(line, "name") + "' is " + point);
                }
                if (pair.get(0) instanceof Double x && pair.get(1) instanceof Double y) {
                    points.add(List.of(x, y));
                }
            }
            series.add(new Plot.Series(text(line, "name"), Boolean.TRUE.equals(line.get("right")), points));
        }
        return new Plot(Plot.Kind.valueOf(text(plot, "kind").toUpperCase(Locale.ROOT)), text(plot, "title"),
                text(plot, "x"), text(plot, "y"), plot.get("right") instanceof String right ? right : null,
                series);
    }

    static Map<?, ?> map(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException("an object was expected and " + value + " found");
    }

    private static List<?> list(Map<?, ?> of, String name) {
        Object value = of.get(name);
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list) {
            return list;
        }
        throw new IllegalArgumentException("'" + name + "' is no list");
    }

    private static String text(Map<?, ?> of, String name) {
        if (of.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("'" + name + "' is missing or no text");
    }

    private static double number(Map<?, ?> of, String name) {
        return of.get(name) instanceof Double number ? number : Double.NaN;
    }
}
