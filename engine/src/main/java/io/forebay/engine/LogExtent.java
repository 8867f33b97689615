package io.forebay.engine;

import io.forebay.model.CollectionStatus;
import io.forebay.wal.WalExtent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * One file of the log at one moment, and who keeps it from being deleted.
 *
 * @param bytes      what it takes on disk
 * @param usedBytes  end of what is written in it
 * @param entries    batches and changes of the catalog that begin in it
 * @param firstSeqId of them, 0 when there are none
 * @param current    whether it is the one being written, which stays in any case
 * @param holders    how many collections hold it, because not all that it has of them is in a checkpoint
 * @param heldBy     those that are furthest behind, at most {@value #SHOWN_MAX}; without those dropped meanwhile
 */
public record LogExtent(int number, long bytes, long usedBytes, long entries, long firstSeqId, long lastSeqId,
        boolean current, int holders, List<CollectionStatus> heldBy) {
    public static final int SHOWN_MAX = 20;

    static List<LogExtent> of(Store store) {
        List<LogExtent> all = new ArrayList<>();
        for (WalExtent extent : store.wal.extents(store.checkpointer.lastCovered())) {
            List<CollectionStatus> holders = Arrays.stream(extent.heldBy()).mapToObj(store.catalog::byNumber)
                    .filter(runtime -> runtime != null)
                    .sorted(Comparator.comparingLong(runtime -> runtime.applied.position())).limit(SHOWN_MAX)
                    .map(runtime -> runtime.status(store.wal::durableSeqId)).toList();
            all.add(new LogExtent(extent.number(), extent.bytes(), extent.usedBytes(), extent.entries(),
                    extent.firstSeqId(), extent.lastSeqId(), extent.current(), extent.heldBy().length,
                    holders));
        }
        return all;
    }
}
