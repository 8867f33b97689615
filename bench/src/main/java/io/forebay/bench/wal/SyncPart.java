package io.forebay.bench.wal;

import io.forebay.bench.load.Workspace;
import io.forebay.bench.wal.Batches.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

/**
 * Durability {@code sync}: writers that wait for their acks, against sequential writes of the same bytes with as many
 * syncs. Each implementation has a raw run of its own directly behind it, because the number of syncs is its own.
 */
final class SyncPart {
    /** The ack's p99 at most twice the disk's: of one who writes alone. With many it is how many there are / their rate. */
    private static final double P99_RATIO_WANTED = 0.5;
    private static final int WRITERS_LARGE = 16;
    private static final int WRITERS_SMALL = 64;

    private final WalBench bench;
    private final String prefix;
    private final List<Shape> shapes;
    private final int writers;
    private final ToIntFunction<Shape> count;
    private final boolean inBatches;

    private SyncPart(WalBench bench, String prefix, List<Shape> shapes, int writers,
            ToIntFunction<Shape> count, boolean inBatches) {
        this.bench = bench;
        this.prefix = prefix;
        this.shapes = shapes;
        this.writers = writers;
        this.count = count;
        this.inBatches = inBatches;
    }

    /** Batches of 1,000 by 16 writers, in MB/s. */
    static SyncPart large(WalBench bench) {
        return new SyncPart(bench, "sync_", List.of(Shape.D128, Shape.D768), WRITERS_LARGE,
                shape -> shape.countIn(bench.settings().burstBytes()), false);
    }

    /** Batches of 8 KB by 64 writers, in batches/s. */
    static SyncPart small(WalBench bench) {
        return new SyncPart(bench, "small_", List.of(Shape.SMALL), WRITERS_SMALL,
                shape -> bench.settings().smallBatches(), true);
    }

    /** One writer at a time: what an ack costs beside the sync itself. */
    static SyncPart alone(WalBench bench) {
        return new SyncPart(bench, "alone_", List.of(Shape.SMALL, Shape.D128), 1,
                shape -> Math.min(bench.settings().smallBatches() / 4,
                        shape.countIn(bench.settings().burstBytes())),
                true);
    }

    void measure(WalFigures figures) throws Exception {
        for (int round = bench.settings().firstRound(); round <= bench.settings().rounds(); round++) {
            for (Shape shape : shapes) {
                for (LogKind kind : bench.settings().logs()) {
                    WalRun ours = log(round, shape, kind);
                    bench.add(ours);
                    bench.add(raw(round, shape, kind, ours.syncs()));
                }
            }
        }
        for (Shape shape : shapes) {
            for (LogKind kind : bench.settings().logs()) {
                addFigures(figures, prefix + shape.label, kind);
            }
        }
    }

    private WalRun log(int round, Shape shape, LogKind kind) throws Exception {
        Batches batches = bench.batches(shape);
        WalSettings settings = bench.settings();
        int many = count.applyAsInt(shape);
        try (LogLoad load = LogLoad.open(kind, bench.workspace().newDirectory(kind + "-sync"),
                settings.extentBytes())) {
            LogLoad.Synced synced = load.getReady(batches, settings.aheadBytes()).appendSynced(batches,
                    writers, many);
            load.checkNotRolled();
            return run(round, shape, kind.toString(), many, synced.times(), synced.syncs());
        }
    }

    private WalRun raw(int round, Shape shape, LogKind kind, long syncs) throws Exception {
        Path directory = bench.workspace().newDirectory("raw-sync");
        int many = count.applyAsInt(shape);
        RunTimes times = RawSync.run(directory.resolve("raw"), bench.batches(shape), many, syncs);
        Workspace.delete(directory);
        return run(round, shape, raw(kind), many, times, syncs);
    }

    private static String raw(LogKind kind) {
        return "raw_for_" + kind;
    }

    private WalRun run(int round, Shape shape, String side, int many, RunTimes times, long syncs) {
        return WalRun.of(round, prefix + shape.label, side, many, (long) many * shape.bytes, times.nanos())
                .withSyncs(syncs, times.latencies());
    }

    private void addFigures(WalFigures figures, String name, LogKind kind) {
        String unit = inBatches ? "batches/s" : "MB/s";
        ToDoubleFunction<WalRun> rate = inBatches ? WalRun::batchesPerSecond : WalRun::megabytesPerSecond;
        String raw = raw(kind);
        figures.value(name, kind, "", "acknowledged to " + writers + " writers, synced", unit, rate);
        figures.value(name, raw, "", "written in order by one thread, with as many syncs", unit, rate);
        figures.ratio(name + "_" + kind + "_over_raw", "of each round", name, kind, raw,
                inBatches ? Double.NaN : kind.syncShareWanted(), rate);
        figures.value(name, kind, "_per_sync", "batches / syncs", "batches",
                run -> (double) run.batches() / run.syncs());
        figures.value(name, kind, "_ack_p50", "from the call to the ack", "ms", WalRun::p50Millis);
        figures.value(name, kind, "_ack_p99", "from the call to the ack", "ms", WalRun::p99Millis);
        figures.value(name, raw, "_sync_p50", "one raw sync", "ms", WalRun::p50Millis);
        figures.value(name, raw, "_sync_p99", "one raw sync", "ms", WalRun::p99Millis);
        figures.ratio(name + "_" + kind + "_raw_p99_over_ack_p99",
                "p99 of raw syncs / p99 of acks, of each round; 0.5 = an ack takes twice a sync", name, raw,
                kind, writers == 1 ? P99_RATIO_WANTED : Double.NaN, WalRun::p99Millis);
    }
}
