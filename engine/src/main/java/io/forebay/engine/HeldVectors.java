package io.forebay.engine;

import io.forebay.index.vector.VectorSegment;
import io.forebay.index.vector.VectorStats;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The vector segment of one collection: there, not there yet (no vector was applied), or <em>cold</em>: not in
 * memory, with what is known of it without its vectors. One that a start found and nobody opened yet is cold too,
 * and <em>unopened</em>: whether its vectors are sound, and how many of them are linked, is not known, so none counts as
 * linked.
 *
 * <p>Threads: any may look. Recovery says what is unopened. The lane changes the state when the first segment is made, or
 * the last removed; to cold the lane with the publishLock, from cold whoever needs the vectors, under the publishLock
 * ({@link VectorLoading}).
 *
 * <p>Invariant: of a segment that was unloaded everything is linked; of every cold one everything is synced.
 */
final class HeldVectors {
    /** At most one of them is there. */
    private record State(@Nullable VectorSegment segment, @Nullable VectorStats cold, boolean opened) {}

    private static final State NONE = new State(null, null, true);

    /** The load that is under way on whatever thread, for reads to wait for without a thread. */
    final AtomicReference<@Nullable CompletableFuture<Void>> loading = new AtomicReference<>();
    private volatile State state = NONE;
    private volatile long lastUsedNanos = System.nanoTime();

    @Nullable
    VectorSegment segment() {
        return state.segment;
    }

    boolean isCold() {
        return state.cold != null;
    }

    /** There are vectors, and since this start nobody looked at them. */
    boolean isUnopened() {
        return !state.opened;
    }

    void set(VectorSegment segment) {
        used();
        state = new State(segment, null, true);
    }

    void setCold(VectorStats last) {
        state = new State(null, last, true);
    }

    void setUnopened(int ordinals, int live) {
        state = new State(null, new VectorStats(ordinals, live, 0, 0, 0, 0, 0), false);
    }

    void remove() {
        state = NONE;
    }

    /**
     * As they are, of a cold one as they were, of an unopened one without what only its files tell; null before the first
     * vector.
     */
    @Nullable
    VectorStats stats() {
        State now = state;
        return now.segment == null ? now.cold : now.segment.stats();
    }

    /** Vectors that did not match their checksums when it was opened; cheap. */
    int damaged() {
        State now = state;
        if (now.segment != null) {
            return now.segment.damagedCount();
        }
        return now.cold == null ? 0 : now.cold.damaged();
    }

    /** Ordinals that are linked; what a collection without vectors has is linked, whatever it is. */
    int linked() {
        State now = state;
        if (now.segment != null) {
            return now.segment.linked();
        }
        return now.cold == null ? Integer.MAX_VALUE : now.cold.linked();
    }

    void used() {
        lastUsedNanos = System.nanoTime();
    }

    long lastUsedNanos() {
        return lastUsedNanos;
    }
}
