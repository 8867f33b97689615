package io.forebay.engine;

import io.forebay.model.CollectionInfo;
import io.forebay.model.CollectionStatus;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which collections moved since somebody looked last, so that looking costs what moved and not what exists. It
 * remembers a collection once, however often it moves. Close it when done.
 *
 * <p>Threads: {@link #take} is for one; what moved is told by any.
 *
 * <p>Invariants: a collection is forgotten before its status is read, so a move during {@link #take} is in this answer, or
 * in the next, or in both.
 */
public final class MoveWatch implements AutoCloseable {
    private final Store store;
    private final Set<CollectionRuntime> waiting = ConcurrentHashMap.newKeySet();

    /** @param dropped as they were known last */
    public record Moves(List<CollectionStatus> moved, List<CollectionInfo> dropped) {
        public Moves {
            moved = List.copyOf(moved);
            dropped = List.copyOf(dropped);
        }
    }

    MoveWatch(Store store) {
        this.store = store;
        store.catalog.movements.add(this);
    }

    void moved(CollectionRuntime runtime) {
        if (!waiting.contains(runtime)) {
            waiting.add(runtime);
        }
    }

    /** In no particular order. */
    public Moves take() {
        List<CollectionStatus> moved = new ArrayList<>();
        List<CollectionInfo> dropped = new ArrayList<>();
        for (Iterator<CollectionRuntime> all = waiting.iterator(); all.hasNext();) {
            CollectionRuntime runtime = all.next();
            all.remove();
            if (store.catalog.byNumber(runtime.number) == runtime) {
                moved.add(runtime.status(store.wal::durableSeqId));
            } else {
                dropped.add(runtime.info());
            }
        }
        return new Moves(moved, dropped);
    }

    @Override
    public void close() {
        store.catalog.movements.remove(this);
        waiting.clear();
    }
}
