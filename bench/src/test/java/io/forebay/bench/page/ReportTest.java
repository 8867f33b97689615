package io.forebay.bench.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Distribution;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.GitCommit;
import io.forebay.bench.report.Latencies;
import io.forebay.bench.report.Machine;
import io.forebay.bench.report.Plot;
import io.forebay.bench.report.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results as benchmarks write them, and the page that is drawn of them. */
class ReportTest {
    private static final String EVIL = "<script>alert('x')</script> & \"quoted\"";

    @TempDir
    private Path folder;

    private static BenchResult result(String benchmark) {
        Machine machine = new Machine("some cpu", 2, 1L << 30, "Linux 1", "JDK 25", "ext4");
        return new BenchResult(benchmark, machine, new GitCommit("0123456789abcdef", true),
                Map.of("name", "peps", "sha256", "feedfacecafebeef", "records", 7));
    }

    private static Distribution times() {
        Histogram nanos = Latencies.histogram();
        for (int i = 1; i <= 10_000; i++) {
            nanos.recordValue(i * 1_000L);
        }
        return Distribution.of(nanos);
    }

    private static Plot everything(Plot.Kind kind, String name) {
        return Plot.of(kind, name, "x", "y").withRight("z")
                .line("one", List.of(List.of(0.5, 10.0), List.of(0.99, 2_000.0)))
                .lineRight("two", List.of(List.of(0.5, 1.0)));
    }

    private String page(BenchResult... results) throws IOException {
        List<Path> files = new ArrayList<>();
        for (BenchResult result : results) {
            files.add(result.write(folder));
        }
        Path page = folder.resolve("page.html");
        Report.of(files).write(page);
        return Files.readString(page);
    }

    @Test
    void theFiguresAndWhetherTheyAreReachedAreOnThePage() throws Exception {
        String page = page(result("ingest")
                .figure(Figure.of("fast_enough", "a / b", "x", Summary.of(6, 7, 8)).wanting(5))
                .figure(Figure.of("too_slow", "c", "ms", Summary.of(30.5)).wantingAtMost(12))
                .figure(Figure.of("told_only", "d", "records/s", Summary.of(123_456)))
                .parameter("clients", 20).note("a caveat"));
        assertThat(page).contains("1 of 2 figures are as wanted", "fast_enough", "7.000 <small>x</small>",
                "6.000 to 8.000", "<b class=\"reached\">reached</b> ≥ 5.000",
                "<b class=\"missed\">missed</b> ≤ 12.0", "123,456 <small>records/s</small>", "a caveat",
                "some cpu, 2 cores, 1.000 GiB", "commit 01234567, files changed since",
                "SHA-256 feedfacecafe", "clients: 20");
    }

    @Test
    void everyTextIsEscaped() throws Exception {
        String page = page(result("evil" + EVIL.hashCode())
                .figure(Figure.of(EVIL, EVIL, EVIL, Summary.of(1)).wanting(1)).note(EVIL)
                .parameter(EVIL, EVIL)
                .plot(everything(Plot.Kind.TIMELINE, EVIL).withRight(EVIL).line(EVIL, List.of())));
        assertThat(page).doesNotContain("<script", "alert('x')")
                .contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;quoted&quot;");
    }

    @Test
    void everyPlotIsAnSvgThatAnXmlReaderReads() throws Exception {
        BenchResult result = result("plots")
                .plot(Plot.latencies("latencies " + EVIL).line("times", times()));
        for (Plot.Kind kind : Plot.Kind.values()) {
            result.plot(everything(kind, "plot " + kind));
            result.plot(Plot.of(kind, "empty " + kind, "x", "y").line("nothing", List.of()));
        }
        List<String> figures = Pattern.compile("<figure>.*?</figure>", Pattern.DOTALL).matcher(page(result))
                .results().map(MatchResult::group).toList();
        assertThat(figures).hasSize(1 + 2 * Plot.Kind.values().length);
        for (String figure : figures) {
            assertThat(DocumentBuilderFactory.newInstance().newDocumentBuilder()
                    .parse(new java.io.ByteArrayInputStream(figure.getBytes(
                            java.nio.charset.StandardCharsets.UTF_8)))
                    .getElementsByTagName("path").getLength())
                    .isPositive();
            assertThat(figure).doesNotContain("NaN", "Infinity");
        }
        assertThat(figures.getFirst()).contains("99 %", "99.9 %", "percentile");
        // points lie within the picture
        assertThat(coordinates(figures)).allSatisfy(at -> assertThat(at).isBetween(0.0, 480.0));
    }

    private static List<Double> coordinates(List<String> figures) {
        return figures.stream().flatMap(figure -> Pattern.compile("[ML]([0-9.-]+) ([0-9.-]+)").matcher(figure)
                .results().flatMap(at -> Stream.of(Double.valueOf(at.group(1)), Double.valueOf(at.group(2)))))
                .toList();
    }

    @Test
    void thePageNeedsNothingFromElsewhere() throws Exception {
        String page = page(result("alone").plot(everything(Plot.Kind.RECALL, "recall")));
        assertThat(page).doesNotContain("http:", "https:", "src=", "@import", "url(", "<link", "<script")
                .contains("prefers-color-scheme:dark", "width=device-width");
    }

    @Test
    void theNewestOfEachKindIsTakenAndWhatIsNoneIsToldByName() throws Exception {
        write("a.json", "ingest", "2026-01-01T00:00:00Z", "old");
        write("b.json", "ingest", "2026-01-02T00:00:00Z", "new");
        write("c.json", "query", "2025-01-01T00:00:00Z", "other");
        Files.writeString(folder.resolve("d.json"), "{\"benchmark\":3}");
        Files.writeString(folder.resolve("e.json"), "{\"benchmark\":");
        Files.writeString(folder.resolve("f.txt"), "no result");
        Report report = Report.ofNewest(folder);
        report.write(folder.resolve("page.html"));
        assertThat(Files.readString(folder.resolve("page.html"))).contains("new", "other")
                .doesNotContain("figure-old");
        assertThat(report.passedOver()).hasSize(2).anyMatch(line -> line.contains("d.json"))
                .anyMatch(line -> line.contains("e.json"));
    }

    private void write(String file, String benchmark, String startedAt, String note) throws IOException {
        Files.writeString(folder.resolve(file),
                """
                        {"formatVersion":1,"benchmark":"%s","startedAt":"%s","figures":[{"name":"figure-%s","formed":"",
                        "unit":"x","value":{"median":1,"min":1,"max":1,"count":1},"atLeast":null,"atMost":null}],
                        "notes":[]}"""
                        .formatted(benchmark, startedAt, note));
    }

    @Test
    void aFileThatIsNamedMustBeAResult() throws Exception {
        Path none = Files.writeString(folder.resolve("none.json"), "[1, 2");
        assertThatThrownBy(() -> Report.of(List.of(none))).isInstanceOf(IOException.class)
                .hasMessageContaining("none.json is not the result of a benchmark");
        assertThatThrownBy(() -> Report.of(List.of(folder.resolve("missing.json"))))
                .isInstanceOf(NoSuchFileException.class);
    }
}
