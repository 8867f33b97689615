package io.forebay.engine;

import io.forebay.index.vector.VectorSegment;
import io.forebay.index.vector.VectorStats;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The vector segment of one collection: there, not there yet (no vector was applied), or <em>cold</em>:
 * unloaded, with what is asked about it without its vectors.
 *
 * <p>Threads: any may look. The lane changes the state when the first segment is made, or the last removed; to
 * cold the lane with the publishLock, from cold whoever needs the vectors, under the publishLock
 * ({@link VectorLoading}).
 *
 * <p>Invariant: of a cold segment everything is linked and synced.
 */
final class HeldVectors {
    /** At most one of them is there. */
    private record State(@Nullable VectorSegment segment, @Nullable VectorStats cold) {}

    private static final State NONE = new State(null, null);

    /** The load that is under way on a query thread, for others to wait for without a thread. */
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

    void set(VectorSegment segment) {
        used();
        state = new State(segment, null);
    }

    void setCold(VectorStats last) {
        state = new State(null, last);
    }

    void remove() {
        state = NONE;
    }

    /** As they are, of a cold one as they were; null before the first vector. */
    @Nullable
    VectorStats stats() {
        State now = state;
        return now.segment == null ? now.cold : now.segment.stats();
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
