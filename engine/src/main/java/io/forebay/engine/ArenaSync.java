package io.forebay.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/**
 * Which collections have vectors that are not synced yet, and their syncs: many at once, because a file system
 * takes together what comes together, and ten thousand one after the other take the better part of a minute.
 *
 * <p>Threads: {@link #written} by the lane, before its commit; {@link #syncAll} by any, several at once too: each
 * returns when all that was written before its call is on disk, whoever synced it ({@link CollectionRuntime#force}).
 *
 * The object's lock makes "nothing was written since, so it goes from the set" one step.
 *
 * <p>Invariants: a collection that is not in the set has nothing to sync. Idle collections are not in it.
 */
final class ArenaSync {
    /** Each holds a file open until it is synced. */
    private static final int UNSYNCED_MAX = 1_024;
    /** Fewer are done before others have begun. */
    private static final int ALONE_MAX = 3;

    private final Executor syncers;
    private final Set<CollectionRuntime> unsynced = ConcurrentHashMap.newKeySet();

    ArenaSync(Executor syncers) {
        this.syncers = syncers;
    }

    /** Something was written to the collection's vectors and is going to be committed. */
    void written(CollectionRuntime runtime) {
        synchronized (this) {
            runtime.markUnforced();
            unsynced.add(runtime);
        }
    }

    /** So many files are open that they should be synced before a flush asks for it. */
    boolean isDue() {
        return unsynced.size() > UNSYNCED_MAX;
    }

    /** @param failed is told, on several threads, of a collection whose sync failed; it stays to be synced */
    void syncAll(BiConsumer<CollectionRuntime, RuntimeException> failed) {
        List<CollectionRuntime> some = List.copyOf(unsynced);
        if (some.size() <= ALONE_MAX) {
            some.forEach(runtime -> sync(runtime, failed));
            return;
        }
        List<CompletableFuture<Void>> running = new ArrayList<>(some.size());
        some.forEach(
                runtime -> running.add(CompletableFuture.runAsync(() -> sync(runtime, failed), syncers)));
        try {
            running.forEach(CompletableFuture::join);
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof Error error) {
                throw error;
            }
            throw failure;
        }
    }

    private void sync(CollectionRuntime runtime, BiConsumer<CollectionRuntime, RuntimeException> failed) {
        try {
            runtime.force();
            synchronized (this) {
                if (runtime.isForced()) {
                    unsynced.remove(runtime);
                }
            }
        } catch (RuntimeException failure) {
            if (runtime.isDropped()) {
                unsynced.remove(runtime);
            } else {
                failed.accept(runtime, failure);
            }
        }
    }
}
