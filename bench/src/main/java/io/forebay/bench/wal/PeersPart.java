package io.forebay.bench.wal;

import io.forebay.bench.load.Workspace;
import io.forebay.bench.wal.Batches.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The same batches into the logs that others use, each acknowledged when it is synced, by 16 writers. Nobody is charged for
 * what happens behind the log: our next extent, SQLite's checkpoint, RocksDB's flush of the memtable.
 */
final class PeersPart {
    private static final int WRITERS = 16;
    private static final double AHEAD = 1;
    private static final List<Shape> SHAPES = List.of(Shape.D128, Shape.SMALL);

    private final WalBench bench;

    PeersPart(WalBench bench) {
        this.bench = bench;
    }

    void measure(WalFigures figures) throws Exception {
        for (int round = bench.settings().firstRound(); round <= bench.settings().rounds(); round++) {
            for (Shape shape : SHAPES) {
                for (Object side : sides(round)) {
                    bench.add(side instanceof LogKind kind
                            ? log(round, shape, kind)
                            : peer(round, shape, (Peer.Kind) side));
                }
            }
        }
        for (Shape shape : SHAPES) {
            addFigures(figures, shape);
        }
    }

    private List<Object> sides(int round) {
        List<Object> sides = new ArrayList<>(bench.settings().logs());
        sides.addAll(List.of(Peer.Kind.values()));
        Collections.rotate(sides, round);
        return sides;
    }

    private int count(Shape shape) {
        return shape == Shape.SMALL
                ? bench.settings().smallBatches()
                : shape.countIn(bench.settings().burstBytes());
    }

    private WalRun log(int round, Shape shape, LogKind kind) throws Exception {
        WalSettings settings = bench.settings();
        try (LogLoad load = LogLoad.open(kind, bench.workspace().newDirectory(kind + "-peers"),
                settings.extentBytes())) {
            LogLoad.Synced synced = load.getReady(bench.batches(shape), settings.aheadBytes())
                    .appendSynced(bench.batches(shape), WRITERS, count(shape));
            load.checkNotRolled();
            return run(round, shape, kind, synced.times(), synced.syncs());
        }
    }

    private WalRun peer(int round, Shape shape, Peer.Kind kind) throws Exception {
        Path directory = bench.workspace().newDirectory(kind.toString());
        Batches batches = bench.batches(shape);
        RunTimes times;
        try (Peer peer = kind.open(directory)) {
            times = RunTimes.of(WRITERS, count(shape), number -> peer.append(batches, number));
        }
        Workspace.delete(directory);
        return run(round, shape, kind, times, -1);
    }

    private WalRun run(int round, Shape shape, Object side, RunTimes times, long syncs) {
        return WalRun.of(round, "peers_" + shape.label, side.toString(), count(shape),
                (long) count(shape) * shape.bytes, times.nanos()).withSyncs(syncs, times.latencies());
    }

    private static void addFigures(WalFigures figures, Shape shape) {
        String name = "peers_" + shape.label;
        String unit = shape == Shape.SMALL ? "batches/s" : "MB/s";
        ToDoubleFunction<WalRun> rate = shape == Shape.SMALL
                ? WalRun::batchesPerSecond
                : WalRun::megabytesPerSecond;
        List<Object> sides = new ArrayList<>(figures.logs());
        sides.addAll(List.of(Peer.Kind.values()));
        for (Object side : sides) {
            figures.value(name, side, "", "acknowledged to " + WRITERS + " writers, synced", unit, rate);
        }
        for (LogKind log : figures.logs()) {
            for (Peer.Kind peer : Peer.Kind.values()) {
                figures.ratio(name + "_" + log + "_over_" + peer, "of each round", name, log, peer, AHEAD,
                        rate);
            }
        }
    }
}
