package io.forebay.engine;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Tells whoever watches which collections moved: one of their positions, their name, or whether they exist. Without a
 * watcher it costs a look at an empty list.
 *
 * <p>Threads: any number.
 */
final class Movements {
    private final List<MoveWatch> watches = new CopyOnWriteArrayList<>();

    void add(MoveWatch watch) {
        watches.add(watch);
    }

    void remove(MoveWatch watch) {
        watches.remove(watch);
    }

    void moved(CollectionRuntime runtime) {
        if (watches.isEmpty()) {
            return;
        }
        for (MoveWatch watch : watches) {
            watch.moved(runtime);
        }
    }
}
