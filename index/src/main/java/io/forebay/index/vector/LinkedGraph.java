package io.forebay.index.vector;

import java.util.ArrayDeque;
import java.util.TreeSet;
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

    /** Ordinals {@code [from, to)}. */
    record Slice(int from, int to) {
        int length() {
            return to - from;
        }
    }

    private final VectorIndex index;
    private final TreeSet<Integer> inFlight = new TreeSet<>();
    private final ArrayDeque<Slice> returned = new ArrayDeque<>();
    private final RoaringBitmap skipped = new RoaringBitmap();
    private final RoaringBitmap failed = new RoaringBitmap();
    private int next;
    private long skippedUpToSequence;
    private volatile int linked;

    LinkedGraph(VectorIndex index) {
        this.index = index;
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

    int[] search(float[] query, int candidates) {
        return index.search(query, candidates, candidates);
    }

    /** The next ordinals to link below {@code limit}, or null when none is left to take. */
    synchronized @Nullable Slice claim(int limit, int max) {
        Slice back = returned.poll();
        if (back != null) {
            return back;
        }
        if (next >= limit) {
            return null;
        }
        Slice slice = new Slice(next, (int) Math.min(limit, (long) next + max));
        next = slice.to;
        inFlight.add(slice.from);
        return slice;
    }

    synchronized boolean hasWork(int limit) {
        return next < limit || !returned.isEmpty();
    }

    /** @param sequence of the view in which the skipped ones were hidden */
    synchronized void complete(Slice slice, RoaringBitmap skippedNow, long sequence) {
        if (!skippedNow.isEmpty()) {
            skipped.or(skippedNow);
            skippedUpToSequence = Math.max(skippedUpToSequence, sequence);
        }
        inFlight.remove(slice.from);
        linked = inFlight.isEmpty() ? next : inFlight.first();
    }

    /** Records an ordinal whose insertion failed; it may be half in the graph, or not at all. */
    synchronized void fail(int ordinal) {
        failed.add(ordinal);
    }

    /**
     * Takes back a slice that was not finished; it is the next to be claimed. Adding an ordinal twice is
     * harmless.
     */
    synchronized void giveBack(Slice slice) {
        returned.add(slice);
    }

    /**
     * The ordinals that a view of this sequence must look up itself, because the graph does not hold them and
     * the view may not hide them; null when there are none.
     */
    synchronized @Nullable RoaringBitmap missingFor(long sequence) {
        if (skippedUpToSequence > sequence) {
            return RoaringBitmap.or(skipped, failed);
        }
        return failed.isEmpty() ? null : failed.clone();
    }

    /** Nodes below {@link #linked} that are dead in this view, about. */
    synchronized int deadNodes(VectorView view) {
        int prefix = Math.min(linked, view.count());
        return Math.max(0, view.dead().countBelow(prefix) - skipped.getCardinality());
    }
}
