package io.forebay.engine;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the indexer of one collection: bounds, never payloads, so that a backlog of any size costs a bounded
 * amount of memory. Adjacent ranges merge; at the bound the last range is stretched over whatever lies between, which
 * loses nothing, because the log is the queue.
 *
 * <p>Threads: any; all methods hold the queue's own lock for a few instructions.
 *
 * <p>Invariants: ranges are in seqId order and do not overlap; {@code size <= max}; {@code consumedUpTo} is
 * called in order by the one thread that applies.
 */
final class RangeQueue {
    private final int max;
    private final ArrayDeque<Range> ranges = new ArrayDeque<>();

    RangeQueue(int max) {
        this.max = max;
    }

    synchronized void add(Range range) {
        Range last = ranges.peekLast();
        if (last != null && range.minSeqId() <= last.maxSeqId()) {
            throw new IllegalStateException("range " + range.minSeqId() + " is not after " + last.maxSeqId());
        }
        boolean mergeable = last != null && last.isFollowedBy(range) && last.ackedByOs() == range.ackedByOs();
        if (last != null && (mergeable || ranges.size() >= max)) {
            ranges.pollLast();
            ranges.addLast(last.mergedWith(range));
        } else {
            ranges.addLast(range);
        }
    }

    synchronized @Nullable Range peek() {
        return ranges.peekFirst();
    }

    synchronized int size() {
        return ranges.size();
    }

    synchronized boolean isEmpty() {
        return ranges.isEmpty();
    }

    /**
     * Entries up to this seqId of the first range are done; the rest of it begins after {@code position}, where the
     * last of them is.
     *
     * @param appendTimeMillis a time not after that of the oldest entry that is left
     */
    synchronized void consumedUpTo(long seqId, long position, long bytes, long operations,
            long appendTimeMillis) {
        Range first = ranges.peekFirst();
        if (first == null || seqId < first.minSeqId()) {
            throw new IllegalStateException("consumed up to " + seqId + ", which is not in the first range");
        }
        ranges.pollFirst();
        if (seqId < first.maxSeqId()) {
            ranges.addFirst(new Range(seqId + 1, first.maxSeqId(), position, first.ackedByOs(),
                    first.bytes() - bytes, first.operations() - operations, appendTimeMillis));
        }
    }

    synchronized void clear() {
        ranges.clear();
    }
}
