package io.forebay.bench.wal;

import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Table;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One run of {@code bench wal}: measures the parts asked for, in rounds, and keeps every repetition. Round 0 warms up and
 * does not count.
 */
public final class WalBench {
    private final WalSettings settings;
    private final Workspace workspace;
    private final BenchData data;
    private final BenchResult result;
    private final Consumer<String> progress;
    private final List<WalRun> runs = new ArrayList<>();
    private final Map<Batches.Shape, Batches> batches = new EnumMap<>(Batches.Shape.class);

    public WalBench(WalSettings settings, Workspace workspace, BenchData data, BenchResult result,
            Consumer<String> progress) {
        this.settings = settings;
        this.workspace = workspace;
        this.data = data;
        this.result = result;
        this.progress = progress;
    }

    /** Measures, and adds runs and figures to the result. */
    public void measure() throws Exception {
        WalFigures figures = new WalFigures(runs, result, settings.logs());
        if (settings.parts().contains(Part.OS)) {
            new OsPart(this).measure(figures);
        }
        if (settings.parts().contains(Part.SYNC)) {
            SyncPart.large(this).measure(figures);
        }
        if (settings.parts().contains(Part.SMALL)) {
            SyncPart.small(this).measure(figures);
        }
        if (settings.parts().contains(Part.ALONE)) {
            SyncPart.alone(this).measure(figures);
        }
        if (settings.parts().contains(Part.PEERS)) {
            new PeersPart(this).measure(figures);
        }
        if (settings.parts().contains(Part.READ) || settings.parts().contains(Part.RECOVERY)) {
            new ReadPart(this).measure(figures);
        }
    }

    WalSettings settings() {
        return settings;
    }

    Workspace workspace() {
        return workspace;
    }

    Batches batches(Batches.Shape shape) {
        return batches.computeIfAbsent(shape, wanted -> new Batches(wanted, data));
    }

    void add(WalRun run) {
        if (run.round() > 0) {
            runs.add(run);
            result.run(run);
        }
        progress.accept(String.format(Locale.ROOT, "%-8s %-18s %-17s %s MB/s  %s batches/s%s%s",
                run.round() == 0 ? "warm-up" : "round " + run.round(), run.measurement(), run.side(),
                Table.number(run.megabytesPerSecond()), Table.number(run.batchesPerSecond()), times(run),
                run.syncs() > 0 ? ", " + run.syncs() + " syncs" : ""));
    }

    private static String times(WalRun run) {
        return run.latencies() == null
                ? ""
                : "  p50 " + Table.number(run.p50Millis()) + " ms, p99 " + Table.number(run.p99Millis())
                        + " ms";
    }
}
