package io.forebay.engine;

import io.forebay.index.record.BatchKey;
import io.forebay.index.record.RecordStore;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The idempotency keys of the batches appended lately, of all collections of a store, and the answers that they got.
 *
 * <p>What makes it survive: a key's hash stands in the log's frame of its batch, and applying the batch writes a row
 * ({@link BatchKey}) in the same write batch as its effects. At start the table is made again of the rows and of what
 * the log has above the collection's position ({@link Replay}); the log is purged only below a finished flush, so one of
 * the two always has it.
 *
 * <p>Bounds: so many keys, none older than the window; the oldest go first. A key that went is as good as new.
 *
 * <p>Threads: any; the object's lock is held for a few map operations and nothing else is taken inside it. That a batch
 * is appended once is not settled here but by the collection's appendLock, under which {@link WritePath} looks, appends
 * and remembers.
 *
 * <p>Invariant: per collection keys are remembered in order of their seqIds, so those that were evicted are a prefix, and
 * {@link #deleteRows} can delete their rows as a range.
 */
final class IdempotencyTable {
    private record Id(int collection, long keyHash) {}

    private final int keysMax;
    private final long windowMillis;
    private final LongSupplier clock;
    /** The oldest first. */
    private final LinkedHashMap<Id, BatchKey> keys = new LinkedHashMap<>();
    /** How many of each collection. */
    private final Map<Integer, Integer> counts = new HashMap<>();
    /** Of collections whose rows are not all deleted yet: the highest seqId among those evicted. */
    private final Map<Integer, Long> evictedThrough = new HashMap<>();

    /** @param clock milliseconds since the epoch, as in the log */
    IdempotencyTable(IdempotencyOptions options, LongSupplier clock) {
        this.keysMax = options.keysMax();
        this.windowMillis = options.windowSeconds() * 1000;
        this.clock = clock;
    }

    /** The batch that was appended for this key; null when there is none, or when it is forgotten. */
    synchronized @Nullable BatchKey find(RequestKey key) {
        evictExpired();
        BatchKey found = keys.get(new Id(key.collection(), key.hash()));
        return found == null || isExpired(found) ? null : found;
    }

    /** Called under the collection's appendLock. */
    synchronized void remember(BatchKey key) {
        Id id = new Id(key.collection(), key.keyHash());
        // One that is expired and not evicted yet leaves its place, for the order is that of the log.
        if (keys.remove(id) == null) {
            counts.merge(key.collection(), 1, Integer::sum);
        }
        keys.put(id, key);
        while (keys.size() > keysMax) {
            evictOldest();
        }
        evictExpired();
    }

    /** At start: rows and what the log still has to apply, in any order. */
    void restore(List<BatchKey> found) {
        found.stream().sorted(Comparator.comparingLong(BatchKey::maxSeqId)).forEach(this::remember);
    }

    /** A collection is dropped: its number never comes again, and its rows go with it. */
    synchronized void forget(int collection) {
        if (counts.remove(collection) != null) {
            keys.keySet().removeIf(id -> id.collection() == collection);
        }
        evictedThrough.remove(collection);
    }

    synchronized int size() {
        evictExpired();
        return keys.size();
    }

    /**
     * Deletes the rows of what was evicted. Those of entries that are not applied yet do not exist: they go the next
     * time.
     */
    void deleteRows(RecordStore records, Catalog catalog) {
        Map<Integer, Long> evicted;
        synchronized (this) {
            evictExpired();
            evicted = Map.copyOf(evictedThrough);
        }
        evicted.forEach((collection, through) -> {
            CollectionRuntime runtime = catalog.byNumber(collection);
            if (runtime == null) {
                deleted(collection, through);
                return;
            }
            long applied = runtime.applied.position();
            records.forgetKeys(collection, Math.min(through, applied));
            if (through <= applied) {
                deleted(collection, through);
            }
        });
    }

    private synchronized void deleted(int collection, long through) {
        evictedThrough.remove(collection, through);
    }

    private void evictExpired() {
        while (!keys.isEmpty() && isExpired(keys.firstEntry().getValue())) {
            evictOldest();
        }
    }

    private void evictOldest() {
        BatchKey oldest = keys.pollFirstEntry().getValue();
        counts.computeIfPresent(oldest.collection(), (collection, count) -> count == 1 ? null : count - 1);
        evictedThrough.merge(oldest.collection(), oldest.maxSeqId(), Math::max);
    }

    private boolean isExpired(BatchKey key) {
        return clock.getAsLong() - key.appendTimeMillis() >= windowMillis;
    }
}
