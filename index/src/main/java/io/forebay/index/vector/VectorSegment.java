package io.forebay.index.vector;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The vectors of one collection: arena on disk, graph in memory, and the two watermarks between them.
 * <em>Applied</em> are the ordinals below {@link #count}; <em>linked</em> is the prefix of them that the
 * graph holds. A search asks the graph for the linked and scans the rest.
 *
 * <p>Threads: {@link #append}, {@link #kill}, {@link #rollback} and {@link #publish} belong to the one thread
 * that applies the collection's batches. {@link #link} may be called by several threads at once, everything
 * else by any; {@link #reclaim} runs beside all of them.
 *
 * <p>Invariants:
 * <ol>
 * <li>nothing that was appended or killed is seen before {@code publish}, and then all of it at once;
 * <li>{@code linked <= count}, and neither ever steps back;
 * <li>an ordinal, once published, is never given to another vector.
 * </ol>
 *
 * <p>Failure: an append that fails (a full disk) leaves nothing visible and may be tried again. What {@link
 * #storeGraph} stored is taken up by {@link #open}; if it is not there or damaged, everything is linked again from the
 * arena, with exact scan meanwhile. Rows that fail their checksum at open are reported by {@link #damaged}, kept out
 * of searches and stay live.
 */
public final class VectorSegment implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(VectorSegment.class);

    private final VectorConfig config;
    private final VectorArena arena;
    private final @Nullable CodeStore codes;
    private final Linker linker;
    private final GraphStore graphs;
    /** Guards the change of {@code view}: the applier publishes, the checkpointer lets deleted rows go. */
    private final Object viewLock = new Object();
    private volatile VectorView view;
    private volatile boolean closed;

    // Owned by the applier.
    private int pendingCount;
    private int[] pendingKills = new int[16];
    private int pendingKillCount;

    private VectorSegment(VectorConfig config, VectorArena arena, @Nullable CodeStore codes, Linker linker,
            GraphStore graphs, VectorView view) {
        this.config = config;
        this.arena = arena;
        this.codes = codes;
        this.linker = linker;
        this.graphs = graphs;
        this.view = view;
    }

    /**
     * Opens or creates the segment in this directory.
     *
     * @param committed number of ordinals the record segment says are applied; later ones are leftovers of a
     * crash
     * @param live which of {@code [0, committed)} are live; null = all
     * @throws UncheckedIOException if the files cannot be read or written, or are of another shape
     */
    public static VectorSegment open(Path directory, VectorConfig config, int committed,
            @Nullable RoaringBitmap live) {
        return open(directory, config, committed, live, SearchTuning.of(config));
    }

    static VectorSegment open(Path directory, VectorConfig config, int committed,
            @Nullable RoaringBitmap live,
            SearchTuning tuning) {
        if (committed < 0) {
            throw new IllegalArgumentException("committed out of range: " + committed);
        }
        DeadSet dead = live == null ? DeadSet.EMPTY : DeadSet.without(live, committed);
        VectorArena arena;
        try {
            arena = VectorArena.open(directory, config.dimension(), committed, dead);
        } catch (IOException e) {
            throw new UncheckedIOException("vector segment cannot be opened: " + directory, e);
        }
        try {
            return over(arena, directory, config, committed, dead, tuning);
        } catch (RuntimeException | Error e) {
            // Codes and graph may not fit into the memory: the next try opens the files again.
            closeQuietly(arena);
            throw e;
        }
    }

    private static void closeQuietly(VectorArena arena) {
        try {
            arena.close();
        } catch (IOException e) {
            LOG.warn("an arena was not closed cleanly", e);
        }
    }

    private static VectorSegment over(VectorArena arena, Path directory, VectorConfig config, int committed,
            DeadSet dead, SearchTuning tuning) {
        if (!arena.damaged().isEmpty()) {
            LOG.error("{}: {} of {} vectors are damaged, the first is ordinal {}", directory,
                    arena.damaged().getCardinality(), committed, arena.damaged().first());
        }
        int[] damaged = arena.damaged().toArray();
        Linker linker = new Linker(config, tuning, () -> newIndex(config));
        CodeStore codes = config.engine() == IndexEngine.NATIVE ? new CodeStore(config, arena) : null;
        if (codes != null) {
            codes.append(0, committed);
        }
        DeadSet hidden = dead.with(damaged, damaged.length);
        GraphStore graphs = new GraphStore(directory, config);
        LinkedGraph stored = graphs.open(committed, hidden);
        if (stored != null) {
            linker.restored(stored);
        }
        VectorView first = new VectorView(linker, config, arena.rows(),
                codes == null ? null : codes.rows(committed), committed, dead, hidden, 0);
        return new VectorSegment(config, arena, codes, linker, graphs, first);
    }

    private static VectorIndex newIndex(VectorConfig config) {
        return config.engine() == IndexEngine.NATIVE
                ? new NativeVectorIndex(config)
                : new HnswlibVectorIndex(config);
    }

    /** Removes the segment's files; views that are still held stay readable. */
    public static void delete(Path directory) {
        try {
            GraphStore.delete(directory);
            VectorArena.delete(directory);
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("vector segment cannot be deleted: " + directory, e);
        }
    }

    /**
     * Writes rows (float32 little-endian, contiguous, {@code count * dimension * 4} bytes from the buffer's
     * position, which is not moved) and returns the first ordinal. Not visible until {@link #publish}.
     *
     * @throws UncheckedIOException on a full disk; nothing of this call will be visible
     */
    public int append(ByteBuffer vectors, int[] rows, int count) {
        checkOpen();
        long bytes = (long) count * config.dimension() * Float.BYTES;
        if (count < 0 || rows.length < count || vectors.remaining() < bytes) {
            throw new IllegalArgumentException(
                    "%d rows of %d bytes, but %d bytes and %d record numbers".formatted(
                            count, config.dimension() * Float.BYTES, vectors.remaining(), rows.length));
        }
        int first = Math.addExact(view.count(), pendingCount);
        Math.addExact(first, count);
        if (count > 0) {
            try {
                arena.write(first, vectors, rows, count);
            } catch (IOException e) {
                throw new UncheckedIOException("vectors not written", e);
            }
            if (codes != null) {
                codes.append(first, first + count);
            }
        }
        pendingCount += count;
        return first;
    }

    /**
     * Names an ordinal that the next publish makes dead; one that was appended since the last publish may be
     * named.
     */
    public void kill(int ordinal) {
        checkOpen();
        if (ordinal < 0 || ordinal >= view.count() + pendingCount) {
            throw new IllegalArgumentException("no such ordinal: " + ordinal);
        }
        if (pendingKillCount == pendingKills.length) {
            pendingKills = Arrays.copyOf(pendingKills, 2 * pendingKillCount);
        }
        pendingKills[pendingKillCount++] = ordinal;
    }

    /** Forgets what was appended or killed since the last publish; its ordinals are given out again. */
    public void rollback() {
        arena.rewind(view.count());
        forgetPending();
    }

    private void forgetPending() {
        pendingCount = 0;
        pendingKillCount = 0;
    }

    /** Makes everything since the last publish visible at once. */
    public VectorView publish() {
        checkOpen();
        synchronized (viewLock) {
            return publishPending();
        }
    }

    private VectorView publishPending() {
        VectorView before = view;
        DeadSet dead = before.dead().with(pendingKills, pendingKillCount);
        DeadSet hidden = before.hidden() == before.dead()
                ? dead
                : before.hidden().with(pendingKills,
                        pendingKillCount);
        int count = before.count() + pendingCount;
        VectorView after = new VectorView(linker, config, arena.rows(), codeRows(count), count,
                dead, hidden, before.sequence() + 1);
        forgetPending();
        view = after;
        return after;
    }

    private @Nullable CodeRows codeRows(int count) {
        return codes == null ? null : codes.rows(count);
    }

    /** What is dead in the view that was published last; to be taken before the flush that keeps its kills. */
    public DeadRows reclaimable() {
        VectorView seen = view;
        return new DeadRows(seen.dead(), seen.count());
    }

    /**
     * Deletes the blocks of the arena in which every row was dead; returns how many. To be called when the
     * record segment has flushed, to disk, all that was published when {@code dead} was taken: before that a
     * crash brings the killed records back, and their rows must be there. After it neither the record segment
     * nor a later view asks for those ordinals again; views that are held have the rows mapped.
     */
    public int reclaim(DeadRows dead) {
        int deleted;
        try {
            deleted = dead.isEmpty() ? 0 : arena.reclaim(dead);
        } catch (IOException e) {
            throw new UncheckedIOException("dead vectors not deleted", e);
        }
        if (deleted > 0) {
            // Else the published view would hold the mappings, and with them the blocks on disk.
            synchronized (viewLock) {
                VectorView before = view;
                if (codes != null) {
                    codes.drop(dead);
                }
                view = before.over(arena.rows(), codeRows(before.count()));
            }
        }
        return deleted;
    }

    /** What was published last. */
    public VectorView view() {
        return view;
    }

    public int count() {
        return view.count();
    }

    public int linked() {
        return linker.graph().linked();
    }

    public int liveCount() {
        return view.liveCount();
    }

    /**
     * Links the next slice of at most {@code max} ordinals; several threads may call it at once, each takes
     * its own.
     *
     * @return how many ordinals it dealt with, 0 when none is left to take
     */
    public int link(int max) {
        return closed ? 0 : linker.link(view, max);
    }

    /** True when there is something to link, or a rebuild is due or under way. */
    public boolean hasLinkWork() {
        return !closed && linker.hasWork(view);
    }

    /** fdatasync of the files: what was appended before the call survives a power loss. */
    public void force() {
        try {
            arena.force();
        } catch (IOException e) {
            throw new UncheckedIOException("vectors not synced", e);
        }
    }

    /** Whether the graph has grown so much since it was stored, or been replaced, that storing it again pays. */
    public boolean isGraphStoreDue() {
        return !closed && graphs.isDue(linker.graph());
    }

    /** The same before the segment is closed: then it pays as soon as linking the rest again would be felt. */
    public boolean isGraphStoreDueAtClose() {
        return !closed && graphs.isDueAtClose(linker.graph());
    }

    /** The same before the segment is closed and opened again on use: what it leaves is linked in no time. */
    public boolean isGraphStoreDueAtUnload() {
        return !closed && graphs.isDueAtUnload(linker.graph());
    }

    /** Whether {@link #reclaim} would delete something that the next checkpoint has to wait for. */
    public boolean hasReclaimable() {
        DeadRows dead = reclaimable();
        return !dead.isEmpty() && arena.hasReclaimable(dead);
    }

    /** Outside the heap: codes and graph. */
    public long memoryBytes() {
        return view.codeBytes() + linker.graphBytes();
    }

    /**
     * Writes the graph to disk, beside everything else that goes on; returns how many bytes. A close that comes
     * meanwhile ends it. Links are hints: this has nothing to do with what the record segment has flushed.
     *
     * @throws UncheckedIOException if that failed; what was stored before is there still
     */
    public long storeGraph() {
        try {
            return graphs.write(linker.graph());
        } catch (IOException e) {
            throw new UncheckedIOException("graph not written: " + e, e);
        }
    }

    /** Changes the width of the graph search for all later searches that do not bring their own. */
    public void efSearch(int ef) {
        linker.efSearch(ef);
    }

    /** The width of searches that do not bring their own. */
    public int efSearch() {
        return linker.efSearch();
    }

    public VectorStats stats() {
        VectorView seen = view;
        int linked = Math.min(linked(), seen.count());
        return new VectorStats(seen.count(), seen.liveCount(), linked, arena.diskBytes(seen.count()),
                seen.codeBytes(), linker.graphBytes(),
                arena.damaged().getCardinality());
    }

    /** Ordinals whose bytes did not match their checksum at open. */
    public RoaringBitmap damaged() {
        return arena.damaged().clone();
    }

    LinkedGraph graph() {
        return linker.graph();
    }

    boolean isRebuilding() {
        return linker.isRebuilding();
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("vector segment is closed");
        }
    }

    /** Gives the files back. Views that are still held go on answering. */
    @Override
    public void close() {
        closed = true;
        graphs.close();
        linker.close();
        try {
            arena.close();
        } catch (IOException e) {
            throw new UncheckedIOException("vector segment not closed cleanly", e);
        }
    }
}
