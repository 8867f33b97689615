package io.forebay.engine;

import io.forebay.wal.WalFrame;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Where in the log forks were made. What a fork begins with is not in the log, only in the store; so of a copy of the store
 * that is older than a fork, the log leads up to the fork and not further. A change of a fork's name or metadata counts
 * too, because it looks the same.
 *
 * <p>Threads: any.
 */
public final class ForkEntries {
    private final ConcurrentSkipListSet<Long> seqIds = new ConcurrentSkipListSet<>();

    void note(List<CatalogChange> changes, long seqId) {
        if (makesFork(changes)) {
            seqIds.add(seqId);
        }
    }

    List<Long> seqIds() {
        return List.copyOf(seqIds);
    }

    private static boolean makesFork(List<CatalogChange> changes) {
        return changes.stream().anyMatch(
                change -> change instanceof CatalogChange.PutCollection put && put.info().origin() != null);
    }

    /** Of a frame that a tool reads. */
    public static boolean isFork(WalFrame frame, ByteBuffer payload) {
        return makesFork(CatalogEntries.changes(frame, payload));
    }
}
