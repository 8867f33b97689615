package io.forebay.wal;

import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Knows up to which seqId entries of a collection may be gone, so that nobody takes a purged hole for silence.
 *
 * <p>Purges of this process are known exactly: the highest seqId of each collection in each extent that went. Of what
 * earlier processes purged only the holes between the extents are left, and each may have held entries of any
 * collection.
 *
 * <p>Threads: any. An extent is noted before it is taken from the chain, so a reader that did not meet it finds the note.
 */
final class PurgedSeqIds {
    private final long purgedEarlier;
    private final Map<Integer, Long> purgedNow = new ConcurrentHashMap<>();

    /** @param lastSeqId the last one given out when the log was opened */
    PurgedSeqIds(NavigableMap<Integer, Extent> extents, long lastSeqId) {
        this.purgedEarlier = earlier(extents, lastSeqId);
    }

    /** This extent is about to be purged. */
    void note(Extent extent) {
        extent.collections.forEach((collection, seqId) -> purgedNow.merge(collection, seqId, Math::max));
    }

    long through(int collection) {
        return Math.max(purgedEarlier, purgedNow.getOrDefault(collection, 0L));
    }

    /**
     * Walks back from the end to the newest hole. A link to a purged extent is one only if seqIds are missing there: an
     * extent of a process that wrote nothing leaves such a link and no hole, and a jump inside the chain is none either.
     */
    private static long earlier(NavigableMap<Integer, Extent> extents, long lastSeqId) {
        long first = lastSeqId + 1;
        boolean linked = true;
        @Nullable
        Extent later = null;
        for (Extent extent : extents.descendingMap().values()) {
            linked &= later == null || later.previousNumber == extent.number;
            if (extent.firstSeqId != 0) {
                if (!linked && extent.lastSeqId + 1 != first) {
                    return first - 1;
                }
                first = extent.firstSeqId;
                linked = true;
            }
            later = extent;
        }
        boolean whole = linked && later != null && later.previousNumber < 0;
        return whole ? 0 : first - 1;
    }
}
