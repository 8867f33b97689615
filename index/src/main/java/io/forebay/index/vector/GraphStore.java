package io.forebay.index.vector;

import io.forebay.model.file.DurableFiles;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The graph of one segment on disk: when it is written, and what of it is taken up at open.
 *
 * <p>Threads: any; {@code lock} lets one write at a time, {@link #close} waits for it. Nobody who reads,
 * applies or links takes it.
 *
 * <p>Invariants: what is in the file below its linked count are links between vectors that still have these
 * ordinals. Ordinals from the committed count on are given out again after a crash, therefore {@link #open}
 * lowers the file's count, durably, before any can be.
 *
 * <p>Failure: a file that cannot be used is named with the reason and ignored, as if there were none. A write
 * that fails leaves the file that was there.
 *
 * <p>Cost: with growth by a fifth between two writes, all of them together write at most six times the last
 * one.
 */
final class GraphStore {

    private static final Logger LOG = LoggerFactory.getLogger(GraphStore.class);
    private static final int GROWN_MIN = 4_096;
    private static final double GROWN_SHARE = 0.2;
    /** So many are linked again in less time than a start is noticed. */
    private static final int LEFT_MIN = 512;
    private static final double LEFT_SHARE = 0.01;

    /** With a larger part of the nodes beyond the prefix, what is below has too many of its links to them. */
    private static final double PREFIX_SHARE_MIN = 0.8;

    private final Path directory;
    private final VectorConfig config;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean closed;
    private volatile int storedLinked;
    /** Weak: a graph that was replaced is not kept for the sake of this. */
    private volatile WeakReference<@Nullable LinkedGraph> stored = new WeakReference<>(null);

    GraphStore(Path directory, VectorConfig config) {
        this.directory = directory;
        this.config = config;
    }

    private boolean isNative() {
        return config.engine() == IndexEngine.NATIVE;
    }

    /** What was stored of the first {@code committed} ordinals, or null. */
    @Nullable
    LinkedGraph open(int committed, DeadSet hidden) {
        if (!isNative() || committed == 0) {
            forget();
            return null;
        }
        Path path = directory.resolve(GraphFile.NAME);
        if (!Files.exists(path)) {
            return null;
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            GraphReader.Loaded loaded = GraphReader.read(channel, config, committed);
            LinkedGraph graph = taken(loaded, hidden);
            if (loaded.file().linked() > committed) {
                lower(path, loaded.file().withLinked(committed));
            }
            return graph;
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} cannot be used, the graph is built again meanwhile searches scan: {}", path,
                    e.getMessage() == null ? e.toString() : e.getMessage());
            forget();
            return null;
        }
    }

    private @Nullable LinkedGraph taken(GraphReader.Loaded loaded, DeadSet hidden) {
        if (loaded.nodes().isEmpty()) {
            return null;
        }
        RoaringBitmap absent = new RoaringBitmap();
        absent.add(0L, loaded.linked());
        loaded.nodes().stream().forEach(absent::remove);
        LinkedGraph graph = LinkedGraph.restored(new NativeVectorIndex(config, loaded.graph()),
                loaded.linked(),
                absent, hidden);
        if (loaded.dropped() > 0) {
            LOG.info("{}: {} of {} vectors are linked again", directory, loaded.dropped(), loaded.linked());
        }
        storedLinked = loaded.linked();
        stored = new WeakReference<>(graph);
        return graph;
    }

    /**
     * In place: 128 bytes of one sector. Torn all the same, the checksum tells, and the graph is built again.
     */
    private static void lower(Path path, GraphFile header) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.write(header.header(), 0);
            channel.force(false);
        }
    }

    /** Nothing of it may be believed later. */
    private void forget() {
        try {
            if (Files.deleteIfExists(directory.resolve(GraphFile.NAME))) {
                DurableFiles.syncNames(directory);
            }
        } catch (IOException e) {
            LOG.error("{} is of no use and cannot be deleted: {}", directory.resolve(GraphFile.NAME),
                    e.toString());
        }
    }

    boolean isDue(LinkedGraph graph) {
        return isWorth(graph, GROWN_MIN, GROWN_SHARE);
    }

    boolean isDueAtClose(LinkedGraph graph) {
        return isWorth(graph, LEFT_MIN, LEFT_SHARE);
    }

    /** Unlike at close, however large the graph is: a query waits for the rest to be linked. */
    boolean isDueAtUnload(LinkedGraph graph) {
        int missing = graph.linked() - (graph.equals(stored.get()) ? storedLinked : 0);
        return isNative() && missing >= LEFT_MIN;
    }

    private boolean isWorth(LinkedGraph graph, int min, double share) {
        if (!isNative()) {
            return false;
        }
        int linked = graph.linked();
        if (linked < PREFIX_SHARE_MIN * graph.size()) {
            return false;
        }
        if (graph != stored.get()) {
            return linked >= min;
        }
        return linked - storedLinked >= Math.max(min, share * storedLinked);
    }

    /** Returns the length of the file, or 0 if nothing was written. */
    long write(LinkedGraph graph) throws IOException {
        if (!isNative()) {
            return 0;
        }
        lock.lock();
        try {
            LinkedGraph.Prefix prefix = graph.prefix();
            if (closed || prefix.linked() == 0) {
                return 0;
            }
            if (prefix.absent().getCardinality() == prefix.linked()) {
                // All is dead: there is nothing to build again.
                forget();
                storedLinked = prefix.linked();
                stored = new WeakReference<>(graph);
                return 0;
            }
            GraphFile file = GraphWriter.write(directory, config, ((NativeVectorIndex) graph.index()).graph(),
                    prefix.linked(), prefix.absent(), () -> closed);
            if (file == null) {
                Files.deleteIfExists(directory.resolve(GraphFile.NAME_BEFORE));
                return 0;
            }
            storedLinked = file.linked();
            stored = new WeakReference<>(graph);
            return file.fileBytes();
        } finally {
            lock.unlock();
        }
    }

    static void delete(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve(GraphFile.NAME_BEFORE));
        Files.deleteIfExists(directory.resolve(GraphFile.NAME));
    }

    /** Ends a write that is under way; afterwards there is none. */
    void close() {
        closed = true;
        lock.lock();
        lock.unlock();
    }
}
