package io.forebay.bench.index;

import io.forebay.bench.report.Figure;
import io.forebay.index.vector.IndexEngine;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Bytes a record, by kind, of a segment that holds the set and has linked it. */
final class MemoryPart {
    /** The issue speaks of this dimension; all others are reported. */
    private static final int DIMENSION = 384;
    private static final double ALL_ALLOWED = 1.35;
    private static final double RESIDENT_ALLOWED = 0.45;
    private static final String ALL = "all";
    private static final String RESIDENT = "resident";

    private final IndexBench bench;
    private final VectorSet set;
    private final String measurement;
    private final Set<String> kinds = new LinkedHashSet<>();

    MemoryPart(IndexBench bench, VectorSet set) {
        this.bench = bench;
        this.set = set;
        this.measurement = "memory_" + set.name();
    }

    void measure(IndexFigures figures) throws Exception {
        // What the set keeps for itself is there before anything is counted.
        set.batches();
        for (int round = bench.settings().firstRound(); round <= bench.settings().rounds(); round++) {
            long before = SegmentBytes.heapUsed();
            try (SegmentGraph graph = bench.open(set)) {
                graph.build();
                add(round, SegmentBytes.of(graph.segment(), graph.directory(), before));
            }
        }
        for (String kind : kinds) {
            figures.value(measurement, kind, "", "bytes / records", "bytes", IndexRun::amountEach,
                    IndexFigures::reported);
        }
        overVector(figures, ALL, ALL_ALLOWED);
        overVector(figures, RESIDENT, RESIDENT_ALLOWED);
    }

    private void add(int round, SegmentBytes bytes) {
        if (round == 1 && bench.settings().engine() == IndexEngine.NATIVE && !bytes.hasOffHeap()) {
            bench.note(set.name() + ": the segment tells of no memory off the heap; if it has some, the sums "
                    + "of " + measurement + " are too small");
        }
        bytes.kinds().forEach((kind, ofKind) -> add(round, kind, ofKind));
        add(round, "disk", bytes.disk());
        add(round, ALL, bytes.all());
        add(round, RESIDENT, bytes.resident());
    }

    private void add(int round, String kind, long bytes) {
        kinds.add(kind);
        bench.add(IndexRun.counted(round, measurement, kind, set.size(), bytes));
    }

    private void overVector(IndexFigures figures, String kind, double allowed) {
        double vector = (double) set.dimension() * Float.BYTES;
        UnaryOperator<Figure> wanting = set.dimension() == DIMENSION
                ? figure -> figure.wantingAtMost(allowed)
                : IndexFigures::reported;
        figures.value(measurement, kind, "_over_vector",
                kind.equals(ALL)
                        ? "all kinds but disk / the vector"
                        : "all kinds but rows and disk / the vector",
                "x", run -> run.amountEach() / vector, wanting);
    }
}
