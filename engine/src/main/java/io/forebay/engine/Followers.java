package io.forebay.engine;

import io.forebay.wal.Wal;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The change feeds of one collection, and up to where they may give.
 *
 * <p>The safe position: everything of the collection up to it is durable, or was acked from the page cache. When every
 * entry that waits for a sync has had it, that is the last acked entry; while one has not, it is the log's durable
 * position, because what was acked behind an entry that a power loss may take back cannot be given before it.
 *
 * <p>Threads: {@link #appended} and {@link #dropped} are called under the collection's appendLock, the rest by any thread.
 * With no feed open each costs a look at an empty list.
 */
final class Followers {
    private final List<ChangeFeed> feeds = new CopyOnWriteArrayList<>();
    /** The last entry that is acked only after a sync. */
    private volatile long lastSyncedSeqId;

    void add(ChangeFeed feed) {
        feeds.add(feed);
    }

    void remove(ChangeFeed feed) {
        feeds.remove(feed);
    }

    void appended(Range range) {
        if (!range.ackedByOs()) {
            lastSyncedSeqId = range.maxSeqId();
        }
        for (ChangeFeed feed : feeds) {
            feed.appended(range);
        }
    }

    /** There may be more to give. */
    void wake() {
        feeds.forEach(ChangeFeed::wake);
    }

    void dropped() {
        feeds.forEach(ChangeFeed::dropped);
    }

    void storeClosed() {
        feeds.forEach(ChangeFeed::storeClosed);
    }

    long safeSeqId(CollectionRuntime runtime, Wal wal) {
        // In this order: what is acked now was appended before the last synced entry is looked up.
        long acked = runtime.lastAcked();
        long synced = lastSyncedSeqId;
        long durable = wal.durableSeqId();
        return synced <= durable ? Math.max(acked, durable) : durable;
    }
}
