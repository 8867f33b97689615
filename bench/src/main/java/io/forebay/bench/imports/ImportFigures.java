package io.forebay.bench.imports;

import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.Plot;
import io.forebay.bench.report.Summary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What was measured, by name, and the figures that are formed of it, with what issue 8 wants of them. */
final class ImportFigures {
    private static final int COMPARED_MB = 100;
    private static final long ALL_PEPS = 40_509;
    private static final double MB = 1 << 20;

    private final ImportSettings settings;
    private final Map<String, List<ImportAnswer>> answers = new LinkedHashMap<>();

    ImportFigures(ImportSettings settings) {
        this.settings = settings;
    }

    static String sizeName(int mb) {
        return "size_" + mb + "_mb";
    }

    static String noStreamName(int mb) {
        return "no_stream_" + mb + "_mb";
    }

    void add(String name, ImportAnswer answer) {
        answers.computeIfAbsent(name, n -> new ArrayList<>()).add(answer);
    }

    private List<ImportAnswer> of(String name) {
        return answers.getOrDefault(name, List.of());
    }

    void addTo(BenchResult result) {
        addPeps(result, "peps_local", 180);
        addPeps(result, "peps_vectors", 15);
        addSizes(result);
        addParallel(result);
        addAgain(result);
    }

    /** Figures that are wanted are wanted of the whole set. */
    private void addPeps(BenchResult result, String name, double secondsMost) {
        List<ImportAnswer> runs = of(name);
        if (runs.isEmpty()) {
            return;
        }
        result.figure(
                plain(name + "_loaded", "until the job had ended", "s", runs, ImportAnswer::loadedSeconds));
        Figure searchable = plain(name + "_searchable", "until every read sees all of it", "s", runs,
                ImportAnswer::appliedSeconds);
        boolean whole = runs.getFirst().documents() == ALL_PEPS;
        result.figure(whole ? searchable.wantingAtMost(secondsMost) : searchable);
        Figure linked = plain(name + "_linked", "until all of it is in the graph", "s", runs,
                ImportAnswer::linkedSeconds);
        result.figure(whole ? linked.wantingAtMost(secondsMost) : linked);
        result.figure(plain(name + "_rate", "documents over seconds until loaded", "documents/s", runs,
                ImportAnswer::documentsPerSecond));
        int cores = Runtime.getRuntime().availableProcessors();
        result.figure(
                plain(name + "_embed_share", "time in the model over the time of all processors until loaded",
                        "share", runs, answer -> answer.embedSeconds() / (answer.loadedSeconds() * cores)));
        result.figure(plain(name + "_cpu_seconds", "CPU time of the process until linked", "s", runs,
                ImportAnswer::cpuSeconds));
        result.figure(plain(name + "_cpu", "CPU time of the process until linked, over all processors' time",
                "share",
                runs, answer -> answer.cpuSeconds() / (answer.linkedSeconds() * cores)));
        result.figure(plain(name + "_peak", "most resident memory", "MB", runs,
                answer -> answer.peakBytes() / MB));
    }

    private void addSizes(BenchResult result) {
        List<ImportAnswer> compared = of(sizeName(COMPARED_MB));
        List<List<Double>> streamed = new ArrayList<>();
        List<List<Double>> whole = new ArrayList<>();
        for (int mb : settings.sizesMb()) {
            List<ImportAnswer> runs = of(sizeName(mb));
            if (runs.isEmpty()) {
                continue;
            }
            result.figure(
                    plain(sizeName(mb) + "_peak", "most resident memory, mapped files among it", "MB", runs,
                            answer -> answer.peakBytes() / MB));
            result.figure(plain(sizeName(mb) + "_private_peak", "of it what no file is behind", "MB", runs,
                    answer -> answer.privatePeakBytes() / MB));
            result.figure(plain(sizeName(mb) + "_mb_per_s", "size over seconds until loaded", "MB/s", runs,
                    answer -> mb / answer.loadedSeconds()));
            streamed.add(point(mb, runs));
            if (!compared.isEmpty() && mb > COMPARED_MB) {
                result.figure(ratio(sizeName(mb) + "_over_100", "peak over that of 100 MB", runs, compared,
                        ImportAnswer::peakBytes).wantingAtMost(1.1));
                result.figure(ratio(sizeName(mb) + "_private_over_100",
                        "the same of what no file is behind", runs, compared,
                        ImportAnswer::privatePeakBytes));
            }
            List<ImportAnswer> loaded = of(noStreamName(mb));
            if (!loaded.isEmpty()) {
                whole.add(point(mb, loaded));
                result.figure(ratio(noStreamName(mb) + "_over_streamed",
                        "peak with the whole file in memory over that without", loaded, runs,
                        ImportAnswer::peakBytes));
            }
        }
        if (!streamed.isEmpty()) {
            result.plot(Plot.of(Plot.Kind.SIZES, "Memory by size of the file", "MB", "MB resident at most")
                    .line("streamed", streamed).line("whole file first", whole));
        }
    }

    private static List<Double> point(int mb, List<ImportAnswer> runs) {
        return List.of((double) mb, Summary.of(runs, answer -> answer.peakBytes() / MB).median());
    }

    private void addParallel(BenchResult result) {
        if (of("cpu_at_once").isEmpty()) {
            return;
        }
        for (String name : List.of("cpu_one_by_one_1_worker", "cpu_one_by_one", "cpu_at_once",
                "latency_one_by_one", "latency_at_once")) {
            result.figure(plain(name, "documents of four imports over seconds until loaded", "documents/s",
                    of(name),
                    ImportAnswer::documentsPerSecond));
        }
        result.figure(ratio("cpu_at_once_over_1_worker", "four at once over one by one with one worker",
                of("cpu_at_once"), of("cpu_one_by_one_1_worker"), ImportAnswer::documentsPerSecond)
                .wanting(1.8));
        result.figure(ratio("cpu_at_once_over_one_by_one", "the same with all workers for each",
                of("cpu_at_once"), of("cpu_one_by_one"), ImportAnswer::documentsPerSecond));
        result.figure(ratio("latency_at_once_over_one_by_one", "four at once over one by one",
                of("latency_at_once"),
                of("latency_one_by_one"), ImportAnswer::documentsPerSecond).wanting(3.5));
    }

    private void addAgain(BenchResult result) {
        List<ImportAnswer> runs = of("again");
        if (runs.isEmpty()) {
            return;
        }
        result.figure(plain("again_first", "the first import of a file", "s", runs,
                answer -> answer.jobs().get(0).seconds()));
        result.figure(
                plain("again_second", "the second", "s", runs, answer -> answer.jobs().get(1).seconds()));
        result.figure(plain("again_over_first", "the second over the first", "ratio", runs,
                answer -> answer.jobs().get(1).seconds() / answer.jobs().get(0).seconds())
                .wantingAtMost(0.1));
        result.figure(plain("again_embedded", "texts that the second embedded", "texts", runs,
                answer -> answer.jobs().get(1).embedded()).wantingAtMost(0));
    }

    private static Figure plain(String name, String formed, String unit, List<ImportAnswer> runs,
            ToDoubleFunction<ImportAnswer> value) {
        return Figure.of(name, formed, unit, Summary.of(runs, value));
    }

    private static Figure ratio(String name, String formed, List<ImportAnswer> over, List<ImportAnswer> under,
            ToDoubleFunction<ImportAnswer> value) {
        return Figure.of(name, formed, "ratio", Summary.ofRatios(over, under, value));
    }
}
