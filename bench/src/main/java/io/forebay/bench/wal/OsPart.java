package io.forebay.bench.wal;

import io.forebay.bench.load.Workspace;
import io.forebay.bench.wal.Batches.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Durability {@code os}: one writer, no sync asked for, against the raw mapped copy. {@code burst} stays within the extent
 * that is ready; {@code sustained} goes through several, which both sides have to fill with zeros beside it.
 */
final class OsPart {
    private static final String RAW = "raw";
    private static final List<Shape> SHAPES = List.of(Shape.D128, Shape.D768);

    private final WalBench bench;

    OsPart(WalBench bench) {
        this.bench = bench;
    }

    void measure(WalFigures figures) throws Exception {
        for (int round = bench.settings().firstRound(); round <= bench.settings().rounds(); round++) {
            for (Shape shape : SHAPES) {
                burst(round, shape);
            }
        }
        for (int round = 1; round <= bench.settings().rounds(); round++) {
            for (Shape shape : SHAPES) {
                sustained(round, shape);
            }
        }
        for (Shape shape : SHAPES) {
            addFigures(figures, "os_burst_" + shape.label);
            addFigures(figures, "os_sustained_" + shape.label);
        }
    }

    /** Every side, another one first in each round. */
    private List<Object> sides(int round) {
        List<Object> sides = new ArrayList<>(bench.settings().logs());
        sides.add(RAW);
        Collections.rotate(sides, round);
        return sides;
    }

    private void burst(int round, Shape shape) throws Exception {
        int count = shape.countIn(bench.settings().burstBytes());
        for (Object side : sides(round)) {
            bench.add(side instanceof LogKind kind
                    ? logBurst(round, shape, kind, count)
                    : rawBurst(round, shape, count));
        }
    }

    private WalRun logBurst(int round, Shape shape, LogKind kind, int count) throws Exception {
        Batches batches = bench.batches(shape);
        WalSettings settings = bench.settings();
        try (LogLoad load = LogLoad.open(kind, bench.workspace().newDirectory(kind + "-burst"),
                settings.extentBytes())) {
            LogLoad.Appends appends = load.getReady(batches, settings.aheadBytes()).append(batches, count);
            load.checkNotRolled();
            return run(round, "os_burst_", shape, kind, count, appends.nanos())
                    .withAllocated((double) appends.allocatedBytes() / count);
        }
    }

    private WalRun rawBurst(int round, Shape shape, int count) throws Exception {
        Path directory = bench.workspace().newDirectory("raw-burst");
        long nanos = new RawMapped(directory, bench.batches(shape)).burst(count);
        Workspace.delete(directory);
        return run(round, "os_burst_", shape, RAW, count, nanos);
    }

    private void sustained(int round, Shape shape) throws Exception {
        int count = shape.countIn(bench.settings().sustainedBytes());
        for (Object side : sides(round)) {
            bench.add(side instanceof LogKind kind
                    ? logSustained(round, shape, kind, count)
                    : rawSustained(round, shape, count));
        }
    }

    private WalRun logSustained(int round, Shape shape, LogKind kind, int count) throws Exception {
        Batches batches = bench.batches(shape);
        try (LogLoad load = LogLoad.open(kind, bench.workspace().newDirectory(kind + "-sustained"),
                bench.settings().extentBytes())) {
            LogLoad.Appends appends = load.append(batches, count);
            return run(round, "os_sustained_", shape, kind, count, appends.nanos())
                    .withAllocated((double) appends.allocatedBytes() / count);
        }
    }

    private WalRun rawSustained(int round, Shape shape, int count) throws Exception {
        Path directory = bench.workspace().newDirectory("raw-sustained");
        long nanos = new RawMapped(directory, bench.batches(shape)).sustained(count,
                bench.settings().extentBytes());
        Workspace.delete(directory);
        return run(round, "os_sustained_", shape, RAW, count, nanos);
    }

    private static WalRun run(int round, String name, Shape shape, Object side, int count, long nanos) {
        return WalRun.of(round, name + shape.label, side.toString(), count, (long) count * shape.bytes,
                nanos);
    }

    private static void addFigures(WalFigures figures, String name) {
        figures.value(name, RAW, "", "payload copied into a mapped, zero-filled file", "MB/s",
                WalRun::megabytesPerSecond);
        for (LogKind kind : figures.logs()) {
            figures.value(name, kind, "", "payload appended by one writer, no sync asked for", "MB/s",
                    WalRun::megabytesPerSecond);
            figures.ratio(name + "_" + kind + "_over_raw", "of each round", name, kind, RAW,
                    kind.osShareWanted(), WalRun::megabytesPerSecond);
            figures.value(name, kind, "_allocated", "heap that the writer allocates per append", "bytes",
                    WalRun::allocated);
        }
    }
}
