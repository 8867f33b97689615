package io.forebay.index.vector;

import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries applied ordinals into the graph, and replaces a graph that has too many dead nodes by a fresh one.
 *
 * <p>Threads: any number may call {@link #link}; each takes a slice of its own. Readers take {@link #graph}
 * once per search and keep using it, also when it is replaced meanwhile. The lock of this object guards which
 * graphs there are; it is held for moments only.
 *
 * <p>Invariants: {@code graph} never steps back: a fresh graph takes its place only when it is linked at
 * least as far. While a fresh graph is built, the old one goes on taking new ordinals, so that the tail stays
 * short; the fresh one gets three slices of four, or all while the tail is short, so that it catches up.
 *
 * <p>Failure: an ordinal whose insertion throws is set aside and scanned exactly by every search; a slice
 * that ends with an {@link Error} (memory) is given back from there on and taken again by the next call.
 */
final class Linker {

    private static final Logger LOG = LoggerFactory.getLogger(Linker.class);
    /** Scanning this many unlinked rows costs about as much as the graph search before it. */
    private static final int SHORT_TAIL = 4_096;

    private record Task(LinkedGraph graph, LinkedGraph.Slice slice) {}

    private final VectorConfig config;
    private final SearchTuning tuning;
    private final Supplier<VectorIndex> newIndex;
    private volatile LinkedGraph current;
    private volatile int efSearch;
    private @Nullable LinkedGraph fresh;
    private int turn;
    private boolean closed;

    Linker(VectorConfig config, SearchTuning tuning, Supplier<VectorIndex> newIndex) {
        this.config = config;
        this.tuning = tuning;
        this.newIndex = newIndex;
        this.current = new LinkedGraph(newIndex.get());
        this.efSearch = config.efSearch();
    }

    /** Begins with a graph that was stored; before anything is linked. */
    void restored(LinkedGraph graph) {
        current = graph;
    }

    LinkedGraph graph() {
        return current;
    }

    SearchTuning tuning() {
        return tuning;
    }

    int efSearch() {
        return efSearch;
    }

    void efSearch(int ef) {
        if (ef < 1) {
            throw new IllegalArgumentException("ef out of range: " + ef);
        }
        efSearch = ef;
    }

    synchronized boolean hasWork(VectorView view) {
        return !closed && (current.hasWork(view.count()) || fresh != null && fresh.hasWork(view.count())
                || isRebuildDue(view));
    }

    /** Outside the heap, of all graphs there are. */
    synchronized long graphBytes() {
        return current.index().bytes() + (fresh == null ? 0 : fresh.index().bytes());
    }

    /** True while a fresh graph is being built. */
    synchronized boolean isRebuilding() {
        return fresh != null;
    }

    /**
     * Links at most {@code max} ordinals that {@code view} holds; returns how many, 0 when none is left to
     * take.
     */
    int link(VectorView view, int max) {
        if (max < 1) {
            throw new IllegalArgumentException("max out of range: " + max);
        }
        Task task = take(view, max);
        if (task == null) {
            return 0;
        }
        boolean isNew = task.slice.isUnordered();
        Task ready = isNew ? opened(task, view, max) : task;
        insert(ready, view);
        replaceIfCaughtUp(view);
        // A window of nothing but dead ordinals has no places, and has been dealt with all the same.
        return isNew ? Math.max(1, ready.slice.length()) : ready.slice.length();
    }

    private synchronized @Nullable Task take(VectorView view, int max) {
        if (closed) {
            return null;
        }
        if (isRebuildDue(view)) {
            LOG.debug("rebuilding a graph of {} nodes, {} of them dead", current.size(),
                    current.deadNodes(view));
            fresh = new LinkedGraph(newIndex.get());
        }
        LinkedGraph second = fresh;
        if (second == null) {
            return claim(current, view, max);
        }
        boolean shortTail = view.count() - current.linked() < SHORT_TAIL;
        boolean freshFirst = shortTail || (turn++ & 3) != 0;
        Task task = claim(freshFirst ? second : current, view, max);
        return task != null ? task : claim(freshFirst ? current : second, view, max);
    }

    private static @Nullable Task claim(LinkedGraph graph, VectorView view, int max) {
        LinkedGraph.Slice slice = graph.claim(view.count(), max);
        return slice == null ? null : new Task(graph, slice);
    }

    private boolean isRebuildDue(VectorView view) {
        int size = current.size();
        if (fresh != null || size == 0) {
            return false;
        }
        // However small: what is deleted gives its memory back.
        boolean allDead = view.liveCount() == 0;
        return allDead && current.linked() >= view.count()
                || size >= tuning.rebuildNodesMin()
                        && current.deadNodes(view) > tuning.rebuildDeadShare() * size;
    }

    private void insert(Task task, VectorView view) {
        int place = task.slice.from();
        try {
            for (; place < task.slice.to(); place++) {
                add(task.graph, view, task.slice.ordinal(place));
            }
        } finally {
            if (place == task.slice.to()) {
                task.graph.complete(task.slice);
            } else {
                task.graph.giveBack(task.slice, place);
            }
        }
    }

    /** Gives a new window its order and takes its first slice. */
    private static Task opened(Task task, VectorView view, int max) {
        LinkedGraph.Window window = task.slice.window();
        boolean done = false;
        try {
            RoaringBitmap hidden = new RoaringBitmap();
            int[] order = new int[window.to - window.from];
            int count = 0;
            for (int ordinal = window.from; ordinal < window.to; ordinal++) {
                if (view.hidden().contains(ordinal)) {
                    hidden.add(ordinal);
                } else {
                    order[count++] = ordinal;
                }
            }
            order = Arrays.copyOf(order, count);
            task.graph.index().order(view, order);
            done = true;
            return new Task(task.graph, task.graph.ordered(window, order, hidden, view.sequence(), max));
        } finally {
            if (!done) {
                task.graph.closeUnordered(window);
            }
        }
    }

    private static void add(LinkedGraph graph, VectorView view, int ordinal) {
        try {
            graph.index().add(view, ordinal);
        } catch (RuntimeException e) {
            graph.fail(ordinal);
            LOG.warn("ordinal {} could not be linked, it is scanned from now on: {}", ordinal, e.toString());
        } catch (Error e) {
            graph.fail(ordinal);
            throw e;
        }
    }

    private synchronized void replaceIfCaughtUp(VectorView view) {
        LinkedGraph candidate = fresh;
        if (candidate != null && candidate.linked() >= current.linked()) {
            LOG.debug("graph replaced at {} of {} ordinals: {} nodes, before {}", candidate.linked(),
                    view.count(),
                    candidate.size(), current.size());
            current = candidate;
            fresh = null;
        }
    }

    synchronized void close() {
        closed = true;
        fresh = null;
    }
}
