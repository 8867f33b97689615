package io.forebay.engine;

import io.forebay.engine.manifest.ManifestException;
import io.forebay.engine.manifest.StoreUpgrade;
import io.forebay.index.record.RecordStore;
import io.forebay.index.record.RecordStore.CatalogEntry;
import io.forebay.index.record.RecordStore.CollectionState;
import io.forebay.index.record.RecordStoreConfig;
import io.forebay.index.record.RecordStoreException;
import io.forebay.index.vector.IndexEngine;
import io.forebay.index.vector.SegmentFiles;
import io.forebay.index.vector.VectorCheck;
import io.forebay.index.vector.VectorConfig;
import io.forebay.model.CollectionInfo;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.wal.WalException;
import io.forebay.wal.WalHold;
import io.forebay.wal.WalTools;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * The tools for the vector segments of a store that is not running. What they see is the last checkpoint:
 * what a start would take up before it reads the log.
 *
 * <p>Threads: one owner. Holds the store's lock until {@link #close}. Opens the record segment as a start
 * does, and writes nothing to it.
 *
 * <p>Failure: a {@link ForebayException} (UNAVAILABLE) when there is no such store, or it is in use, or
 * cannot be read.
 */
public final class SegmentTools implements AutoCloseable {
    private static final int WRITE_BUFFER_BYTES = 1 << 20;
    private static final int CACHE_BYTES = 16 << 20;

    private final WalHold hold;
    private final RecordStore records;
    private final Path vectors;

    /** A collection that has vectors. */
    public record Segment(CollectionInfo info, int ordinals, int live) {}

    /** What {@link #check} found; a missing graph is no damage. */
    public record Report(int checked, int damaged, int damagedHeaders, boolean graphStored, int graphNodes,
            List<String> graphProblems) {
        public boolean fine() {
            return damaged == 0 && damagedHeaders == 0 && graphProblems.isEmpty();
        }
    }

    /**
     * Sizes on disk, and what the stored graph says of itself.
     *
     * @param graphVersion 0 when there is none that can be read
     * @param graphProblem why it cannot be read
     */
    public record Sizes(int blocks, long blockBytes, long graphBytes, long otherBytes, int graphVersion,
            int graphLinked, int graphNodes, long graphTimeMillis, @Nullable String graphProblem) {}

    private SegmentTools(Path store, WalHold hold) {
        this.hold = hold;
        this.vectors = store.resolve("vectors");
        this.records = RecordStore.open(store.resolve("records"), new RecordStoreConfig(WRITE_BUFFER_BYTES,
                4 * WRITE_BUFFER_BYTES, CACHE_BYTES, 1, 0), () -> {});
    }

    public static SegmentTools open(Path store) {
        StoreDirectory.refuseUnfinished(store);
        if (!Files.exists(store.resolve("records").resolve("CURRENT"))) {
            throw new ForebayException(ErrorCode.UNAVAILABLE, "there is no store in " + store);
        }
        WalHold hold;
        try {
            StoreUpgrade.refuseNewer(store);
            hold = WalTools.hold(store.resolve("wal"));
        } catch (WalException | ManifestException refused) {
            throw unavailable(refused);
        }
        try {
            return new SegmentTools(store, hold);
        } catch (RecordStoreException failure) {
            hold.close();
            throw unavailable(failure);
        }
    }

    private static ForebayException unavailable(RuntimeException failure) {
        return new ForebayException(ErrorCode.UNAVAILABLE, String.valueOf(failure.getMessage()), failure);
    }

    /** By number. */
    public List<Segment> segments() {
        List<Segment> found = new ArrayList<>();
        for (CatalogEntry row : records.readCatalog()) {
            byte[] value = row.value();
            if (value == null || row.key()[0] != CatalogRows.COLLECTION) {
                continue;
            }
            for (CatalogChange change : CatalogCodec.decode(value)) {
                if (change instanceof CatalogChange.PutCollection put) {
                    CollectionState state = records.state(put.info().number());
                    if (state.ordinals() > 0 && put.info().dimension() > 0) {
                        found.add(new Segment(put.info(), state.ordinals(), state.live()));
                    }
                }
            }
        }
        found.sort(Comparator.comparingInt(segment -> segment.info().number()));
        return found;
    }

    private Path path(Segment segment) {
        return vectors.resolve(Integer.toString(segment.info().number()));
    }

    /** What is stored beside the vectors is the native engine's. */
    private static VectorConfig config(Segment segment) {
        return Segments.config(segment.info().config().hnsw(), segment.info().dimension(),
                IndexEngine.NATIVE);
    }

    private @Nullable RoaringBitmap live(Segment segment) {
        return segment.live() == segment.ordinals() ? null : records.liveOrdinals(segment.info().number());
    }

    /** Changes nothing. */
    public Sizes sizes(Segment segment) {
        SegmentFiles.Stat stat = reading(() -> SegmentFiles.stat(path(segment)));
        SegmentFiles.Graph graph = stat.graph();
        return graph == null
                ? new Sizes(stat.blocks(), stat.blockBytes(), stat.graphBytes(), stat.otherBytes(), 0, 0, 0,
                        0,
                        stat.graphProblem())
                : new Sizes(stat.blocks(), stat.blockBytes(), stat.graphBytes(), stat.otherBytes(),
                        graph.version(), graph.linked(), graph.nodes(), graph.timeMillis(), null);
    }

    /** Compares every live vector with its checksum and reads the stored graph; changes nothing. */
    public Report check(Segment segment) {
        return reading(() -> {
            VectorCheck arena = VectorCheck.of(path(segment), config(segment), segment.ordinals(),
                    live(segment));
            SegmentFiles.GraphReport graph = SegmentFiles.checkGraph(path(segment), config(segment),
                    segment.ordinals());
            return new Report(arena.checked(), arena.damaged().getCardinality(), arena.damagedHeaders(),
                    graph.stored(), graph.nodes(), graph.problems());
        });
    }

    /** Builds the graph anew and stores it; returns how many vectors are in it. */
    public int rebuild(Segment segment) {
        return reading(() -> SegmentFiles.buildGraph(path(segment), config(segment), segment.ordinals(),
                live(segment)));
    }

    private static <T> T reading(Supplier<T> work) {
        try {
            return work.get();
        } catch (UncheckedIOException | RecordStoreException failure) {
            Throwable cause = failure.getCause();
            throw new ForebayException(ErrorCode.UNAVAILABLE,
                    failure.getMessage() + (cause == null ? "" : ": " + cause.getMessage()), failure);
        }
    }

    @Override
    public void close() {
        try {
            records.close();
        } finally {
            hold.close();
        }
    }
}
