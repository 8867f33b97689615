package io.forebay.bench.index;

import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.CpuMeter;
import io.forebay.bench.report.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@code bench index}: measures the parts asked for on one set after the other, in rounds, and
 * keeps every repetition. Round 0 warms up and does not count.
 */
public final class IndexBench {
    private final IndexSettings settings;
    private final Workspace workspace;
    private final BenchData data;
    private final BenchResult result;
    private final Consumer<String> progress;
    private final CppPrograms programs;
    private final List<IndexRun> runs = new ArrayList<>();
    private @Nullable Path peer;

    /** @param root of the repository, where the C++ programs are */
    public IndexBench(IndexSettings settings, Path root, Workspace workspace, BenchData data,
            BenchResult result, Consumer<String> progress) {
        this.settings = settings;
        this.workspace = workspace;
        this.data = data;
        this.result = result;
        this.progress = progress;
        this.programs = new CppPrograms(root, workspace, progress);
    }

    /** Measures, and adds runs and figures to the result. */
    public void measure() throws Exception {
        CpuMeter meter = CpuMeter.start(null);
        IndexFigures figures = new IndexFigures(runs, result);
        if (asked(IndexPart.BUILD) || asked(IndexPart.SEARCH)) {
            peer = programs.peer(settings.cpp());
        }
        for (SetKind kind : asksForVectors() ? settings.sets() : List.<SetKind>of()) {
            measure(VectorSets.of(kind, data, settings.rows(), settings.queries()), figures);
        }
        if (asked(IndexPart.KERNELS)) {
            new KernelsPart(this).measure(figures);
        }
        note("others used %.0f %% of the machine%s".formatted(100 * meter.stop().othersShare(),
                hasCpp() ? ", C++ hnswlib among them" : ""));
    }

    private boolean asksForVectors() {
        return settings.parts().stream().anyMatch(part -> part != IndexPart.KERNELS);
    }

    private void measure(VectorSet set, IndexFigures figures) throws Exception {
        say("%s: %,d rows of %d, %s, %,d queries", set.name(), set.size(), set.dimension(),
                set.space().wireName(), set.queries().length);
        if (asked(IndexPart.BUILD)) {
            new BuildPart(this, set).measure(figures);
        }
        if (asked(IndexPart.SEARCH)) {
            new SearchPart(this, set).measure(figures);
        }
        if (asked(IndexPart.FILTER)) {
            new FilterPart(this, set).measure(figures);
        }
        if (asked(IndexPart.CHURN)) {
            new ChurnPart(this, set).measure(figures);
        }
        if (asked(IndexPart.RESTART)) {
            new RestartPart(this, set).measure(figures);
        }
        if (asked(IndexPart.MEMORY)) {
            new MemoryPart(this, set).measure(figures);
        }
    }

    private boolean asked(IndexPart part) {
        return settings.parts().contains(part);
    }

    IndexSettings settings() {
        return settings;
    }

    Workspace workspace() {
        return workspace;
    }

    CppPrograms programs() {
        return programs;
    }

    /** Whether C++ hnswlib is there to be compared with. */
    boolean hasCpp() {
        return peer != null;
    }

    /** A segment for this set, empty. */
    SegmentGraph open(VectorSet set) throws IOException {
        return new SegmentGraph(set, settings, workspace);
    }

    /** A graph of this side's, not built yet. */
    Graph open(Side side, VectorSet set) throws IOException {
        return switch (side) {
            case OURS -> open(set);
            case CORE -> new CoreGraph(set);
            case CPP -> {
                if (peer == null) {
                    throw new IllegalStateException("there is no C++ hnswlib");
                }
                yield new CppGraph(set, peer, workspace);
            }
        };
    }

    /** The name of a side in runs and figures. */
    String name(Side side) {
        return side == Side.OURS ? settings.side() : side.name().toLowerCase(Locale.ROOT);
    }

    void note(String text) {
        result.note(text);
    }

    void say(String format, Object... values) {
        progress.accept(String.format(Locale.ROOT, format, values));
    }

    /** Keeps a run, unless it is of the round that warms up, and shows it. */
    void add(IndexRun run) {
        if (run.round() > 0) {
            runs.add(run);
            result.run(run);
        }
        say("%-8s %-22s %-22s%s%s%s%s", run.round() == 0 ? "warm-up" : "round " + run.round(),
                run.measurement(), run.side(), shown(run.perCpuSecond(), "  %s/s of CPU"),
                shown(run.perWallSecond(), "  %s/s of wall time"), shown(run.recall(), "  recall %s"),
                shown(run.amountEach(), "  %s each"));
    }

    private static String shown(double value, String format) {
        return Double.isNaN(value) ? "" : format.formatted(Table.number(value));
    }
}
