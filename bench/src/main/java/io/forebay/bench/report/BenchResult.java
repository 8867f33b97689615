package io.forebay.bench.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything one benchmark found out, with everything needed to judge and to repeat it.
 *
 * <p>Format: one JSON object
 * <pre>
 * { formatVersion, benchmark, startedAt, machine, jvm, commit, dataset, parameters,
 *   figures: [ { name, formed, unit, value: { median, min, max, count, firstQuartile, thirdQuartile },
 *                atLeast, atMost, reached } ],
 *   runs: [ every repetition, in the order in which they were taken ],
 *   plots: [ { kind, title, x, y, right, series: [ { name, right, points: [ [ x, y ] ] } ] } ], notes: [ ] }
 * </pre>
 * Version 1 had no {@code jvm}, {@code plots} and quartiles.
 */
public final class BenchResult {
    private static final int FORMAT_VERSION = 2;
    private static final DateTimeFormatter FILE_TIME = DateTimeFormatter
            .ofPattern("yyyyMMdd-HHmmss", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final String benchmark;
    private final Instant startedAt = Instant.now();
    private final Machine machine;
    private final GitCommit commit;
    private final @Nullable Object dataset;
    private final Map<String, Object> parameters = new LinkedHashMap<>();
    private final List<Figure> figures = new ArrayList<>();
    private final List<Object> runs = new ArrayList<>();
    private final List<Plot> plots = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    public BenchResult(String benchmark, Machine machine, GitCommit commit, @Nullable Object dataset) {
        this.benchmark = benchmark;
        this.machine = machine;
        this.commit = commit;
        this.dataset = dataset;
    }

    public BenchResult parameter(String name, Object value) {
        parameters.put(name, value);
        return this;
    }

    public BenchResult figure(Figure figure) {
        figures.add(figure);
        return this;
    }

    /** One repetition: a record or a map. */
    public BenchResult run(Object run) {
        runs.add(run);
        return this;
    }

    /** What {@code bench report} draws of it. */
    public BenchResult plot(Plot plot) {
        plots.add(plot);
        return this;
    }

    public BenchResult note(String text) {
        notes.add(text);
        return this;
    }

    public List<Figure> figures() {
        return List.copyOf(figures);
    }

    /** The figures, what was measured where, and what to keep in mind. */
    public void print(PrintWriter out) {
        Table table = new Table("figure", "median", "min", "max", "runs", "unit", "wanted", "formed as");
        for (Figure figure : figures) {
            Summary value = figure.value();
            table.row(figure.name(), value.median(), value.min(), value.max(), value.count(), figure.unit(),
                    wanted(figure), figure.formed());
        }
        out.println();
        out.println(table);
        out.println("machine: " + machine);
        out.println("commit:  " + commit.shortId());
        notes.forEach(note -> out.println("note:    " + note));
        out.flush();
    }

    private static String wanted(Figure figure) {
        Double least = figure.atLeast();
        Double most = figure.atMost();
        String limit = least != null
                ? ">= " + Table.number(least)
                : most != null ? "<= " + Table.number(most) : "";
        return limit.isEmpty()
                ? ""
                : (Boolean.TRUE.equals(figure.reached()) ? "reached " : "MISSED ") + limit;
    }

    /** Writes the file and returns where it is. */
    public Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(
                benchmark + "-" + FILE_TIME.format(startedAt) + "-" + commit.shortId() + ".json");
        Files.writeString(file, toJson());
        return file;
    }

    public String toJson() {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("formatVersion", FORMAT_VERSION);
        all.put("benchmark", benchmark);
        all.put("startedAt", startedAt.truncatedTo(ChronoUnit.SECONDS).toString());
        all.put("machine", machine);
        all.put("jvm", Jvm.here());
        all.put("commit", commit);
        all.put("dataset", dataset);
        all.put("parameters", parameters);
        all.put("figures", figures.stream().map(BenchResult::fields).toList());
        all.put("runs", runs);
        all.put("plots", plots);
        all.put("notes", notes);
        return Json.text(all);
    }

    private static Map<String, @Nullable Object> fields(Figure figure) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("name", figure.name());
        fields.put("formed", figure.formed());
        fields.put("unit", figure.unit());
        fields.put("value", figure.value());
        fields.put("atLeast", figure.atLeast());
        fields.put("atMost", figure.atMost());
        fields.put("reached", figure.reached());
        return fields;
    }
}
