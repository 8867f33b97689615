package io.forebay.index.vector;

import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A hierarchical navigable small world graph (Malkov and Yashunin, "Efficient and robust approximate nearest
 * neighbor search using Hierarchical Navigable Small World graphs", TPAMI 2020) in flat memory outside the heap.
 *
 * <p>Level 0: the row of an ordinal holds up to 2M links, -1 where there is none. Upper levels are small graphs of
 * their own on dense numbers ({@link GraphLayer}), so that a vector which is not in them costs nothing there.
 *
 * <p>Departure from the paper: at level 0 every node but the first has a <em>parent</em>, a node that was there
 * before it; the two links between them carry the top bit and are never pruned. The links of this tree make every
 * node reachable from every other, which the paper's graph does not promise.
 *
 * <p>Threads: {@link #insert} by any number, {@link #search} by any number beside them. A row is changed under the
 * lock of its stripe; readers take no lock, and read each link whole, in the state of some time during the call.
 * {@code entryLock} is held by inserts that make a new top level, and by the first.
 */
final class NativeGraph {

    static final int PROTECTED = 0x8000_0000;
    static final int NONE = -1;
    static final int LEVELS_MAX = 12;
    private static final int STRIPES = 1024;

    /** Where walks begin: a node of the highest level, by its number there. */
    record Entry(int level, int node) {}

    final int neighborsMax;
    final int neighborsMax0;
    final IntRows level0;
    final GraphLayer[] layers = new GraphLayer[LEVELS_MAX + 1];
    /** Of all graphs together: thousands of small collections would pay for stripes of their own. */
    private static final Object[] STRIPE_LOCKS = Stream.generate(Object::new).limit(STRIPES).toArray();

    private final ReentrantLock entryLock = new ReentrantLock();
    private final ReentrantLock growLock = new ReentrantLock();
    private final AtomicInteger size = new AtomicInteger();
    private volatile @Nullable Entry entry;
    private volatile @Nullable CodeRows codes;

    NativeGraph(int neighborsMax) {
        this.neighborsMax = neighborsMax;
        this.neighborsMax0 = 2 * neighborsMax;
        this.level0 = new IntRows(neighborsMax0);
        for (int level = 1; level <= LEVELS_MAX; level++) {
            layers[level] = new GraphLayer(neighborsMax);
        }
    }

    int size() {
        return size.get();
    }

    @Nullable
    Entry entry() {
        return entry;
    }

    Object stripe(int node) {
        return STRIPE_LOCKS[(node * 0x9e3779b1) >>> 22];
    }

    /** The youngest codes that any insert has brought: they cover every node that a row may name. */
    CodeRows codes() {
        return java.util.Objects.requireNonNull(codes);
    }

    private CodeRows youngest(CodeRows given) {
        synchronized (layers) {
            CodeRows known = codes;
            if (known == null || known.count() <= given.count()) {
                codes = given;
                return given;
            }
            return known;
        }
    }

    void restored(@Nullable Entry restoredEntry, int nodes) {
        entry = restoredEntry;
        size.set(nodes);
    }

    /** The level of an ordinal: the same in every life of the graph. */
    int levelOf(int ordinal) {
        long bits = (ordinal + 1L) * 0x9e3779b97f4a7c15L;
        bits = (bits ^ bits >>> 30) * 0xbf58476d1ce4e5b9L;
        bits = (bits ^ bits >>> 27) * 0x94d049bb133111ebL;
        double uniform = ((bits ^ bits >>> 31) >>> 11) * 0x1p-53;
        double level = -Math.log(1 - uniform) / Math.log(neighborsMax);
        return (int) Math.min(LEVELS_MAX, level);
    }

    void reserve(int ordinal) {
        if (!level0.has(ordinal)) {
            growLock.lock();
            try {
                level0.reserve(ordinal);
            } finally {
                growLock.unlock();
            }
        }
    }

    /** Adds a node; its code must be in {@code rows}. */
    void insert(int ordinal, CodeRows given, int efConstruction, GraphScratch scratch) {
        if (!given.has(ordinal)) {
            throw new IndexOutOfBoundsException("ordinal " + ordinal + " of " + given.count());
        }
        CodeRows rows = codes == given ? given : youngest(given);
        reserve(ordinal);
        int level = levelOf(ordinal);
        Entry seen = entry;
        boolean first = seen == null || level > seen.level;
        if (first) {
            entryLock.lock();
        }
        try {
            new GraphInsert(this, ordinal, rows, efConstruction, scratch).run(level, entry);
        } finally {
            Reference.reachabilityFence(rows);
            Reference.reachabilityFence(this);
            if (first) {
                entryLock.unlock();
            }
        }
        size.incrementAndGet();
    }

    void entry(Entry changed) {
        entry = changed;
    }

    /**
     * Walks from the top to level 0 and leaves in the scratch's beam the nearest nodes to its query that it found,
     * nearest first, up to {@code ef}.
     */
    void search(CodeRows rows, int ef, GraphScratch scratch) {
        scratch.tieMask = 0;
        Entry from = entry;
        if (from == null) {
            scratch.beamSize = 0;
            return;
        }
        int start = descend(from, 0, rows, scratch);
        scratch.begin(ef, neighborsMax0);
        start(start, rows, ef, scratch);
        beam(rows, ef, scratch);
        Reference.reachabilityFence(rows);
        Reference.reachabilityFence(this);
    }

    /** Greedy walk down to level {@code to} + 1; returns the node of level {@code to} below the nearest found. */
    int descend(Entry from, int to, CodeRows rows, GraphScratch scratch) {
        int node = from.node;
        scratch.reserve(neighborsMax0);
        for (int level = from.level; level > to; level--) {
            node = layers[level].below(layers[level].nearest(node, rows, scratch));
        }
        return node;
    }

    /** Puts a first node of level 0 into the beam. */
    static void start(int ordinal, CodeRows rows, int ef, GraphScratch scratch) {
        scratch.visit(ordinal);
        float distance = Float.POSITIVE_INFINITY;
        if (rows.has(ordinal)) {
            scratch.ordinals[0] = ordinal;
            CodeKernels.distances(scratch.query, rows, scratch.ordinals, 1, scratch.distances);
            distance = scratch.distances[0];
        }
        scratch.offer(distance, ordinal, ef);
    }

    /** Expands what is in the beam until nothing near is left. */
    void beam(CodeRows rows, int ef, GraphScratch scratch) {
        if (NativeKernels.available() && neighborsMax0 <= NativeKernels.LINKS_MAX) {
            scratch.walk().run(level0, rows, ef, scratch);
        } else {
            beamInJava(rows, ef, scratch);
        }
    }

    /** The same where the native kernels are not there. */
    void beamInJava(CodeRows rows, int ef, GraphScratch scratch) {
        int at = 0;
        while (at < scratch.beamSize) {
            long[] beam = scratch.beam;
            if (GraphScratch.isExpanded(beam[at])) {
                at++;
                continue;
            }
            long links = level0.address(scratch.node(beam[at]));
            scratch.expanded(at);
            int found = links == 0 ? 0 : CodeKernels.expand(rows, links, neighborsMax0, scratch);
            scratch.scored += found;
            int lowest = at + 1;
            for (int i = 0; i < found; i++) {
                lowest = Math.min(lowest, scratch.offer(scratch.distances[i], scratch.ordinals[i], ef));
            }
            at = lowest;
        }
    }

    long bytes() {
        long bytes = level0.bytes();
        for (int level = 1; level <= LEVELS_MAX; level++) {
            bytes += layers[level].bytes();
        }
        return bytes;
    }
}
