package io.forebay.bench.http;

import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.Summary;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/** One run of {@code bench http}: measures the parts asked for, in rounds. Round 0 warms up and does not count. */
public final class HttpBench {
    private final HttpSettings settings;
    private final Workspace workspace;
    private final BenchData data;
    private final BenchResult result;
    private final Consumer<String> progress;

    public HttpBench(HttpSettings settings, Workspace workspace, BenchData data, BenchResult result,
            Consumer<String> progress) {
        this.settings = settings;
        this.workspace = workspace;
        this.data = data;
        this.result = result;
        this.progress = progress;
    }

    /** Measures, and adds runs and figures to the result. */
    public void measure() throws Exception {
        CodecPart codecs = new CodecPart(this);
        if (settings.parts().contains(HttpPart.DECODE)) {
            codecs.decode();
        }
        if (settings.parts().contains(HttpPart.ENCODE)) {
            codecs.encode();
        }
        if (settings.parts().contains(HttpPart.QUERY)) {
            new QueryPart(this).measure();
        }
        if (settings.parts().contains(HttpPart.ADD)) {
            new AddPart(this).measure();
        }
    }

    HttpSettings settings() {
        return settings;
    }

    Workspace workspace() {
        return workspace;
    }

    BenchData data() {
        return data;
    }

    void say(String line) {
        progress.accept(line);
    }

    void note(String text) {
        say(text);
        result.note(text);
    }

    void add(int round, Record run, String format, Object... values) {
        if (round > 0) {
            result.run(run);
        }
        say((round == 0 ? "warm-up  " : "round " + round + "  ")
                + String.format(Locale.ROOT, format, values));
    }

    <T> void figure(String name, String formed, String unit, List<T> runs, ToDoubleFunction<T> value) {
        result.figure(Figure.of(name, formed, unit, Summary.of(runs, value)));
    }

    <T> void figure(String name, String formed, String unit, List<T> runs, ToDoubleFunction<T> value,
            double wanted) {
        result.figure(Figure.of(name, formed, unit, Summary.of(runs, value)).wanting(wanted));
    }

    <T> void figureAtMost(String name, String formed, String unit, List<T> runs, ToDoubleFunction<T> value,
            double allowed) {
        result.figure(Figure.of(name, formed, unit, Summary.of(runs, value)).wantingAtMost(allowed));
    }

    <T> void ratio(String name, String formed, List<T> first, List<T> second, ToDoubleFunction<T> value) {
        result.figure(Figure.of(name, formed, "x", Summary.ofRatios(first, second, value)));
    }
}
