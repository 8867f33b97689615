package io.forebay.index.vector;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * One graph and how far it has come: which ordinals are handed out for linking, which prefix is done, and
 * which of it were skipped.
 *
 * <p>Threads: all methods may be called by any thread; the lock of this object guards the bookkeeping and is
 * never held while something is inserted or searched.
 *
 * <p>Invariants: every ordinal below {@link #linked} is in the graph or in the skipped set, and was put there
 * before {@code linked} moved past it. A skipped ordinal was hidden in the view whose sequence was recorded
 * with it: views older than the youngest skip must look the skipped ones up themselves. An ordinal that could
 * not be inserted is kept apart, and every view looks it up.
 */
final class LinkedGraph {

    /** Largest stretch of ordinals that is ordered at once, and by which {@code linked} advances. */
    static final int WINDOW = 8192;
    private static final int AGAIN = -1;
    private static final int AGAIN_SLICE = 256;

    /**
     * Ordinals {@code [from, to)}, linked in an order of their own. {@code order} and {@code hidden} are set once, by
     * who opened the window; the counters are guarded by the graph's lock.
     */
    static final class Window {
        final int from;
        final int to;
        private int @Nullable [] order;
        private RoaringBitmap hidden = new RoaringBitmap();
        private long sequence;
        private int next;
        private int done;
        private int holders;

        Window(int from, int to) {
            this.from = from;
            this.to = to;
        }

        private boolean hasMore() {
            return order != null && next < order.length;
        }
    }

    /** Places {@code [from, to)} in the order of a window; a window without an order is to be ordered first. */
    record Slice(Window window, int from, int to) {
        int length() {
            return to - from;
        }

        boolean isUnordered() {
            return window.order == null;
        }

        int ordinal(int place) {
            return Objects.requireNonNull(window.order)[place];
        }
    }

    private final VectorIndex index;
    /** By their first ordinal. */
    private final TreeMap<Integer, Window> open = new TreeMap<>();
    private final ArrayDeque<Slice> returned = new ArrayDeque<>();
    private final RoaringBitmap skipped = new RoaringBitmap();
    private final RoaringBitmap failed = new RoaringBitmap();
    /** Below {@code linked}, were not in the dump, and are being inserted: looked up like the failed. */
    private final RoaringBitmap again = new RoaringBitmap();
    private int next;
    private long skippedUpToSequence;
    private volatile int linked;

    LinkedGraph(VectorIndex index) {
        this.index = index;
    }

    /**
     * Takes up a graph that holds everything below {@code linked} but {@code absent}; what of these is not hidden
     * is to be inserted again.
     */
    static LinkedGraph restored(VectorIndex index, int linked, RoaringBitmap absent, DeadSet hidden) {
        LinkedGraph graph = new LinkedGraph(index);
        graph.next = linked;
        graph.linked = linked;
        absent.forEach(
                (int ordinal) -> (hidden.contains(ordinal) ? graph.skipped : graph.again).add(ordinal));
        int count = graph.again.getCardinality();
        if (count > 0) {
            Window window = new Window(AGAIN, AGAIN);
            window.order = graph.again.toArray();
            for (int from = 0; from < count; from += AGAIN_SLICE) {
                graph.returned.add(new Slice(window, from, Math.min(count, from + AGAIN_SLICE)));
                window.holders++;
            }
        }
        return graph;
    }

    /** What the graph holds of the prefix {@code [0, linked)}: all but {@code absent}. */
    record Prefix(int linked, RoaringBitmap absent) {}

    synchronized Prefix prefix() {
        RoaringBitmap absent = RoaringBitmap.or(skipped, failed);
        absent.or(again);
        absent.remove(linked, 1L << 32);
        return new Prefix(linked, absent);
    }

    VectorIndex index() {
        return index;
    }

    int linked() {
        return linked;
    }

    /** Nodes in the graph, dead ones included. */
    int size() {
        return index.size();
    }

    /**
     * The next places to link, or null when none is left to take: of a window that nobody works on, else of a new one
     * below {@code limit}, else beside another thread.
     *
     * @param limit count of the caller's view. A window that was opened with a younger view has ordinals that this one
     * does not know: their rows are not in its memory
     */
    synchronized @Nullable Slice claim(int limit, int max) {
        for (Slice back : returned) {
            if (back.window.to <= limit) {
                returned.remove(back);
                return back;
            }
        }
        Window shared = null;
        for (Window window : open.values()) {
            if (window.to <= limit && window.hasMore()) {
                if (window.holders == 0) {
                    return take(window, max);
                }
                shared = shared == null ? window : shared;
            }
        }
        if (next < limit) {
            Window window = new Window(next, (int) Math.min(limit, (long) next + WINDOW));
            next = window.to;
            open.put(window.from, window);
            return new Slice(window, 0, 0);
        }
        return shared == null ? null : take(shared, max);
    }

    private static Slice take(Window window, int max) {
        int from = window.next;
        window.next = Math.min(Objects.requireNonNull(window.order).length, from + max);
        window.holders++;
        return new Slice(window, from, window.next);
    }

    /**
     * The window's order is known: whoever asked for it takes its first slice.
     *
     * @param order the ordinals of the window that will be linked
     * @param hidden the others
     * @param sequence of the view in which they are hidden
     */
    synchronized Slice ordered(Window window, int[] order, RoaringBitmap hidden, long sequence, int max) {
        window.order = order;
        window.hidden = hidden;
        window.sequence = sequence;
        return take(window, max);
    }

    /** Ordering did not succeed: the window's ordinals are taken as they come. */
    synchronized void closeUnordered(Window window) {
        window.order = IntStream.range(window.from, window.to).toArray();
    }

    synchronized boolean hasWork(int limit) {
        return next < limit || !returned.isEmpty() || open.values().stream().anyMatch(Window::hasMore);
    }

    synchronized void complete(Slice slice) {
        Window window = slice.window;
        window.holders--;
        window.done += slice.length();
        if (window.done < Objects.requireNonNull(window.order).length) {
            return;
        }
        if (!window.hidden.isEmpty()) {
            skipped.or(window.hidden);
            skippedUpToSequence = Math.max(skippedUpToSequence, window.sequence);
        }
        if (window.from == AGAIN) {
            again.clear();
            return;
        }
        open.remove(window.from);
        linked = open.isEmpty() ? next : open.firstKey();
    }

    /** Records an ordinal whose insertion failed; it may be half in the graph, or not at all. */
    synchronized void fail(int ordinal) {
        failed.add(ordinal);
    }

    /**
     * Takes back what is left of a slice from this place on; it is the next to be claimed. Adding the ordinal that failed
     * twice is harmless.
     */
    synchronized void giveBack(Slice slice, int from) {
        slice.window.done += from - slice.from;
        returned.add(new Slice(slice.window, from, slice.to));
    }

    /**
     * The ordinals that a view of this sequence must look up itself, because the graph does not hold them and
     * the view may not hide them; null when there are none.
     */
    synchronized @Nullable RoaringBitmap missingFor(long sequence) {
        RoaringBitmap missing = RoaringBitmap.or(failed, again);
        if (skippedUpToSequence > sequence) {
            missing.or(skipped);
        }
        return missing.isEmpty() ? null : missing;
    }

    /** Nodes below {@link #linked} that are dead in this view, about. */
    synchronized int deadNodes(VectorView view) {
        int prefix = Math.min(linked, view.count());
        return Math.max(0, view.dead().countBelow(prefix) - skipped.getCardinality());
    }
}
