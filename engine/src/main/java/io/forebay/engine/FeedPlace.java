package io.forebay.engine;

import io.forebay.wal.WalReader;

/**
 * Where a change feed stands: what it has given, what there is, and where in the log the next of it lies. The appenders
 * tell it of every entry, so who has given everything knows the place of the next entry without reading what others wrote.
 *
 * <p>Threads: any; its lock is held for a few instructions, also under the collection's appendLock.
 */
final class FeedPlace {
    /** The place in the log is not known: it is looked for by seqId. */
    private static final long UNKNOWN = -1;

    /** Everything of the collection below it is given. */
    private long wantedSeqId;
    /** The collection's last entry. */
    private long appendedSeqId;
    /** At or before the first entry that is not given. */
    private long position = UNKNOWN;

    FeedPlace(long wantedSeqId, long appendedSeqId) {
        this.wantedSeqId = wantedSeqId;
        this.appendedSeqId = appendedSeqId;
    }

    /** Whether anything is appended that is not given. */
    synchronized boolean isPending() {
        return appendedSeqId >= wantedSeqId;
    }

    synchronized long wantedSeqId() {
        return wantedSeqId;
    }

    /** The next entry of the collection. */
    synchronized void appended(Range range) {
        boolean wasPending = isPending();
        appendedSeqId = range.maxSeqId();
        if (!wasPending && isPending()) {
            // There is nothing of the collection between.
            wantedSeqId = Math.max(wantedSeqId, range.minSeqId());
            position = range.position();
        }
    }

    /** Everything up to this entry is given. */
    synchronized void gave(long maxSeqId, long at) {
        wantedSeqId = maxSeqId + 1;
        position = at;
    }

    /** Nothing that is wanted lies before it. */
    synchronized void standAt(long at) {
        position = at;
    }

    synchronized void seek(WalReader reader) {
        if (position == UNKNOWN) {
            reader.seekSeqId(wantedSeqId);
        } else {
            reader.seek(position);
        }
    }
}
