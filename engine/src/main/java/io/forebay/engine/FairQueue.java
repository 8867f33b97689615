package io.forebay.engine;

import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Collections that wait for a turn of a thread. Who is next is decided in turns by two orders: the smallest backlog, so
 * that a small collection does not wait behind large ones, and the longest wait, so that a large one does not wait for
 * ever behind small ones. So a backlog of any size delays a smaller one by every second turn at most, and whoever has
 * waited longest gets half of all turns.
 *
 * <p>Backlog and age are those at the time of the offer: a collection is offered again after each of its turns.
 *
 * <p>Threads: none of its own protection; {@link IndexerQueues} has the lock.
 */
final class FairQueue {
    private record Entry(CollectionRuntime runtime, long backlog, long sinceMillis, long number) {}

    private static final Comparator<Entry> BY_BACKLOG = Comparator.comparingLong(Entry::backlog)
            .thenComparingLong(Entry::number);
    private static final Comparator<Entry> BY_AGE = Comparator.comparingLong(Entry::sinceMillis)
            .thenComparingLong(Entry::number);

    private final TreeSet<Entry> byBacklog = new TreeSet<>(BY_BACKLOG);
    private final TreeSet<Entry> byAge = new TreeSet<>(BY_AGE);
    private long offers;
    private boolean oldestNext;

    /**
     * @param backlog     records that wait
     * @param sinceMillis when the oldest of them was appended
     */
    void offer(CollectionRuntime runtime, long backlog, long sinceMillis) {
        Entry entry = new Entry(runtime, backlog, sinceMillis, offers++);
        byBacklog.add(entry);
        byAge.add(entry);
    }

    /** Null when nobody waits. */
    @Nullable
    CollectionRuntime poll() {
        Entry next = oldestNext ? byAge.pollFirst() : byBacklog.pollFirst();
        if (next == null) {
            return null;
        }
        (oldestNext ? byBacklog : byAge).remove(next);
        oldestNext = !oldestNext;
        return next.runtime;
    }

    boolean isEmpty() {
        return byAge.isEmpty();
    }

    /** How often this collection waits here; looks at all. */
    int count(CollectionRuntime runtime) {
        int found = 0;
        for (Entry entry : byAge) {
            if (entry.runtime == runtime) {
                found++;
            }
        }
        return found;
    }
}
