package io.forebay.index.vector;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Which ordinals a search through the graph may answer with: linked, visible, and allowed by the filter.
 *
 * <p>Threads: one owner.
 */
final class Candidates {

    private final VectorView view;
    private final int linked;
    private final @Nullable RoaringBitmap allowed;
    private final @Nullable RoaringBitmap missing;
    private final int count;

    /**
     * @param linked ordinals below this are in the graph, or in {@code missing}
     * @param missing looked up elsewhere
     */
    Candidates(VectorView view, int linked, @Nullable RoaringBitmap allowed,
            @Nullable RoaringBitmap missing) {
        this.view = view;
        this.linked = linked;
        this.allowed = allowed;
        this.missing = missing;
        this.count = allowed == null
                ? linked - view.hidden().countBelow(linked)
                : (int) allowed.rankLong(linked - 1);
    }

    /** How many there are; with a filter, an upper bound. */
    int count() {
        return count;
    }

    int linked() {
        return linked;
    }

    @Nullable
    RoaringBitmap allowed() {
        return allowed;
    }

    boolean accepts(int ordinal) {
        return ordinal < linked && !view.hidden().contains(ordinal)
                && (allowed == null || allowed.contains(ordinal))
                && (missing == null || !missing.contains(ordinal));
    }
}
