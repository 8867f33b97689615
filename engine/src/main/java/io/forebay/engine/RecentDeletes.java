package io.forebay.engine;

import io.forebay.model.RecordBatch;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which ids the last deletes of a collection named, so that a delete that looked for its records before they were applied is
 * told: else both would count what one of them removes. Only deletes take records away, so what a delete found is there
 * until another one has its id.
 *
 * <p>Kept as hashes, a thousand at most when all is applied: two ids with the same hash cost a second look, nothing else.
 *
 * <p>Threads: guarded by the collection's appendLock.
 */
final class RecentDeletes {
    /** A delete of more ids counts as one of all. */
    private static final int IDS_MAX = 10_000;
    private static final int APPLIED_IDS_MAX = 1_024;
    /** Also of those that are not applied: who looked before a forgotten one looks again behind it. */
    private static final int KEPT_IDS_MAX = 100_000;

    /** @param hashes sorted; null for all there are */
    private record Delete(long maxSeqId, int @Nullable [] hashes) {
        int size() {
            return hashes == null ? IDS_MAX : hashes.length;
        }

        boolean names(int hash) {
            return hashes == null || Arrays.binarySearch(hashes, hash) >= 0;
        }
    }

    private final ArrayDeque<Delete> deletes = new ArrayDeque<>();
    private int kept;
    /** Of a delete that is not kept any more; at the start everything was applied before the first look. */
    private long forgottenThrough;

    /** A batch that deletes was appended. */
    void appended(RecordBatch batch, long maxSeqId, long appliedSeqId) {
        Delete last = new Delete(maxSeqId, batch.size() > IDS_MAX ? null : hashes(batch));
        deletes.addLast(last);
        kept += last.size();
        for (Delete first = deletes.getFirst(); first != last
                && (kept > KEPT_IDS_MAX
                        || kept > APPLIED_IDS_MAX && first.maxSeqId <= appliedSeqId); first = deletes
                                .getFirst()) {
            deletes.removeFirst();
            kept -= first.size();
            forgottenThrough = first.maxSeqId;
        }
    }

    /**
     * The seqId of the last delete behind {@code seenSeqId} that may have taken a record of this batch; 0 when none has.
     */
    long overtakenBy(RecordBatch batch, long seenSeqId) {
        int @Nullable [] mine = null;
        for (Delete delete : (Iterable<Delete>) deletes::descendingIterator) {
            if (delete.maxSeqId <= seenSeqId) {
                return 0;
            }
            if (mine == null) {
                mine = hashes(batch);
            }
            for (int hash : mine) {
                if (delete.names(hash)) {
                    return delete.maxSeqId;
                }
            }
        }
        return seenSeqId < forgottenThrough ? forgottenThrough : 0;
    }

    private static int[] hashes(RecordBatch batch) {
        int[] hashes = new int[batch.size()];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = Arrays.hashCode(batch.idBytes(i));
        }
        Arrays.sort(hashes);
        return hashes;
    }
}
