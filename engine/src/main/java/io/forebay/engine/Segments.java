package io.forebay.engine;

import io.forebay.index.record.RecordStore;
import io.forebay.index.record.RecordStore.CollectionState;
import io.forebay.index.vector.IndexEngine;
import io.forebay.index.vector.SegmentCopy;
import io.forebay.index.vector.VectorConfig;
import io.forebay.index.vector.VectorSegment;
import io.forebay.index.vector.VectorView;
import io.forebay.model.CollectionInfo;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.HnswConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the vector segments live ({@code vectors/<number>}) and how one is made, opened and removed.
 *
 * <p>Threads: {@link #create} runs in the collection's lane; {@link #found} during recovery; {@link #load} on any, under
 * the publishLock; {@link #remove} when nobody can open it any more ({@link Removals}).
 */
final class Segments {
    private static final Logger LOG = LoggerFactory.getLogger(Segments.class);

    /**
     * Linked in some hundredths of a second. More than {@link VectorSegment#isGraphStoreDueAtUnload} leaves.
     */
    private static final int LINKED_AT_ONCE_MAX = 1024;

    private final Path directory;
    private final RecordStore records;
    private final CatalogService catalog;
    private final ArenaSync arenas;
    private final IndexEngine engine;

    Segments(Path directory, RecordStore records, CatalogService catalog, ArenaSync arenas,
            IndexEngine engine) {
        this.arenas = arenas;
        this.directory = directory;
        this.engine = engine;
        this.records = records;
        this.catalog = catalog;
    }

    /** At start, before anything else. */
    void createDirectory() {
        try {
            Files.createDirectories(directory);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot create " + directory, failure);
        }
    }

    /** The first vectors of a collection are about to be appended. */
    VectorSegment create(CollectionRuntime runtime) {
        if (records.state(runtime.number).ordinals() != 0) {
            throw new IllegalStateException("collection " + runtime.number + " has vectors already");
        }
        // The row with the dimension first: a segment without it would not be opened again.
        catalog.persistDimension(runtime);
        // A crash may have left files of a life whose record segment was not flushed.
        VectorSegment segment = VectorSegment.open(path(runtime.number), config(runtime.info()), 0, null);
        runtime.held.set(segment);
        // Who changed it meanwhile found no segment to tell.
        segment.efSearch(runtime.info().config().hnsw().efSearch());
        return segment;
    }

    /** At start: the record segment says that so much was applied. It is opened when it is needed, or by {@link Opening}. */
    void found(CollectionRuntime runtime, CollectionState state) {
        if (state.ordinals() > 0) {
            runtime.held.setUnopened(state.ordinals(), state.live());
        }
        // Nothing to link is linked; nobody would come by to say so.
        runtime.advanceLinked();
    }

    /** At once: of a fork that nobody knows yet. */
    void open(CollectionRuntime runtime) {
        CollectionState state = records.state(runtime.number);
        if (state.ordinals() > 0) {
            runtime.held.set(opened(runtime, state));
        }
        runtime.advanceLinked();
    }

    /** Vectors were appended to it, and are to be committed. */
    void written(CollectionRuntime runtime) {
        arenas.written(runtime);
    }

    /**
     * Brings a cold one back; under the publishLock, under which groups are committed: so the record segment
     * says what the arena holds.
     */
    void load(CollectionRuntime runtime) {
        VectorSegment segment = opened(runtime, records.state(runtime.number));
        linkRest(segment);
        runtime.held.set(segment);
        // Who changed it meanwhile found no segment to tell.
        segment.efSearch(runtime.info().config().hnsw().efSearch());
    }

    /**
     * Of a graph of which all but little was stored: links that little at once, so that everything is linked.
     */
    static void linkRest(VectorSegment segment) {
        if (segment.count() - segment.linked() <= LINKED_AT_ONCE_MAX) {
            int linked = 1;
            // Not further: a graph may have to be built anew, which is for the indexers.
            while (linked > 0 && segment.linked() < segment.count()) {
                linked = segment.link(LINKED_AT_ONCE_MAX);
            }
        }
    }

    private VectorSegment opened(CollectionRuntime runtime, CollectionState state) {
        if (runtime.info().dimension() == 0) {
            throw new ForebayException(ErrorCode.UNAVAILABLE, "collection " + runtime.number
                    + " has vectors but its dimension is not known: the catalog is damaged");
        }
        RoaringBitmap live = state.live() == state.ordinals() ? null : records.liveOrdinals(runtime.number);
        VectorSegment segment = VectorSegment.open(path(runtime.number), config(runtime.info()),
                state.ordinals(), live);
        int damaged = segment.stats().damaged();
        if (damaged > 0) {
            LOG.error("collection {} ({}): {} vectors in {} do not match their checksums", runtime.number,
                    runtime.info().name(), damaged, path(runtime.number));
        }
        return segment;
    }

    /** The stored graph of a collection for another; before the view is taken that {@link #forkVectors} is given. */
    void forkGraph(int from, int to) {
        SegmentCopy.graph(path(from), path(to));
    }

    /** The vectors of a view of a collection for another. */
    void forkVectors(int from, int to, VectorView view) {
        SegmentCopy.vectors(path(from), view, path(to));
    }

    /** Returns the length of the files that are gone. */
    long remove(int number) {
        Path path = path(number);
        long bytes = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            for (Path file : files) {
                bytes += Files.size(file);
            }
        } catch (NotDirectoryException | NoSuchFileException gone) {
            return 0;
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot list " + path, failure);
        }
        VectorSegment.delete(path);
        return bytes;
    }

    /** Numbers of the directories there are. */
    List<Integer> numbers() {
        List<Integer> numbers = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory)) {
            for (Path path : found) {
                int number = number(path);
                if (number > 0) {
                    numbers.add(number);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot list " + directory, failure);
        }
        return numbers;
    }

    private static int number(Path path) {
        try {
            return Integer.parseInt(path.getFileName().toString());
        } catch (NumberFormatException notOurs) {
            return -1;
        }
    }

    Path path(int number) {
        return directory.resolve(Integer.toString(number));
    }

    private VectorConfig config(CollectionInfo info) {
        return config(info.config().hnsw(), info.dimension(), engine);
    }

    /** @throws IllegalArgumentException when no segment can be made with this */
    static void check(HnswConfig hnsw) {
        config(hnsw, 1, IndexEngine.NATIVE);
    }

    static VectorConfig config(HnswConfig hnsw, int dimension, IndexEngine engine) {
        return new VectorConfig(dimension, hnsw.space(), hnsw.maxNeighbors(), hnsw.efConstruction(),
                hnsw.efSearch(), engine);
    }
}
