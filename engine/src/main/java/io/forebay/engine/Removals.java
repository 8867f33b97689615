package io.forebay.engine;

import io.forebay.index.record.RecordStore;
import io.forebay.index.vector.VectorSegment;
import io.forebay.wal.Wal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes away what dropped collections leave: their place in the queues, their vector files, their rows; and sees to it that
 * the log lets go of what only they needed.
 *
 * <p>Order: {@link #begin} when the catalog dropped it; in its lane ({@link #inLane}) whoever waits for it is refused and
 * what waits for its indexer is passed over; when nobody links it any more and the drop is durable, its vectors are closed
 * and it is handed to the remover. That deletes the vector files first (on a full disk the rest needs the room), then the
 * rows, then the catalog's note of it. Each step may be done twice. The drop must be durable before: after a power loss that
 * took the drop and left the removal there would be a collection without vectors.
 *
 * <p>Threads: {@link #begin} under the catalog's lock; {@link #inLane} in the lane; the removal on {@code remover-0}, all
 * that wait in one go, so that thousands cost one flush and no indexer waits for a compaction.
 *
 * <p>Failure: kept, shown in health, tried again with growing delay; a store that is closed or dies before leaves it to the
 * next start, which knows from the catalog's rows and the directories what is nobody's.
 */
final class Removals {
    private static final Logger LOG = LoggerFactory.getLogger(Removals.class);
    private static final long LINKERS_MILLIS = 5;
    private static final long RECLAIM_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** One number whose files and rows are to go. */
    private static final class Removal {
        private final int number;
        private final long sinceNanos = System.nanoTime();
        private long vectorBytes;

        Removal(int number) {
            this.number = number;
        }
    }

    private final Wal wal;
    private final RecordStore records;
    private final Segments segments;
    private final CatalogService catalog;
    private final IndexerPool pool;
    private final Backlog backlog;
    private final AtomicLong skippedEntries;
    private final Checkpointer checkpointer;
    private final EngineMetrics metrics;
    private final Executor remover;
    private final ScheduledExecutorService timer;
    /** Dropped, and still with waiters or open vectors. */
    private final Map<CollectionRuntime, Removal> dropping = new ConcurrentHashMap<>();
    /** Numbers whose removal is not done. */
    private final Map<Integer, Removal> unfinished = new ConcurrentHashMap<>();
    private final Queue<Removal> ready = new ConcurrentLinkedQueue<>();
    /** Numbers whose rows are forgotten and on disk still, until they are worth a flush. Only the remover's. */
    private final Set<Integer> unreclaimed = new HashSet<>();
    private long unreclaimedBytes;
    private long reclaimedNanos = System.nanoTime() - RECLAIM_PAUSE_NANOS;
    /** Only the remover's. */
    private final Unmapping unmapping = new Unmapping(System::gc);
    private final Trouble trouble = new Trouble();
    /** Held by the remover while it works; before the checkpointer's. */
    private final ReentrantLock removing = new ReentrantLock();
    /** Attempts that are to be made again. */
    private final AtomicInteger stuck = new AtomicInteger();
    private volatile boolean closed;

    Removals(Store store, EngineMetrics metrics) {
        this.wal = store.wal;
        this.records = store.records;
        this.segments = store.segments;
        this.catalog = store.changes;
        this.pool = store.pool;
        this.backlog = store.backlog;
        this.skippedEntries = store.skippedEntries;
        this.checkpointer = store.checkpointer;
        this.metrics = metrics;
        this.remover = store.threads.remover();
        this.timer = store.threads.timer();
    }

    /** The catalog has dropped it. */
    void begin(CollectionRuntime dropped) {
        Removal removal = new Removal(dropped.number);
        unfinished.put(dropped.number, removal);
        dropping.put(dropped, removal);
        pool.wakeApply(dropped);
    }

    /** What a crash or a failed fork left under a number that no collection has. */
    void leftover(int number) {
        Removal removal = new Removal(number);
        if (unfinished.putIfAbsent(number, removal) == null) {
            handOver(removal);
        }
    }

    /** How many are not done. */
    int waiting() {
        return unfinished.size();
    }

    /** Why the last attempt failed; null when all is well. */
    @Nullable
    String trouble() {
        return trouble.reason();
    }

    /** Dropped, and not yet out of everybody's hands. */
    Collection<CollectionRuntime> dropping() {
        return dropping.keySet();
    }

    /** In the lane of a dropped collection, as often as somebody comes by. */
    void inLane(CollectionRuntime runtime) {
        Removal removal = dropping.get(runtime);
        if (removal == null) {
            return;
        }
        passOver(runtime);
        runtime.refuseWaiters();
        if (runtime.linkers.get() > 0) {
            pool.wakeApplyLater(runtime, LINKERS_MILLIS);
        } else if (wal.durableSeqId() < runtime.droppedSeqId()) {
            // If that fails the log takes nothing any more, and the next start knows whether it was dropped.
            wal.durable(runtime.droppedSeqId()).thenRun(() -> pool.wakeApply(runtime));
        } else {
            closeVectors(runtime);
            runtime.held.remove();
            dropping.remove(runtime);
            handOver(removal);
        }
    }

    private void passOver(CollectionRuntime runtime) {
        long left = 0;
        for (Range range = runtime.ranges.peek(); range != null; range = runtime.ranges.peek()) {
            left += range.bytes();
            skippedEntries.incrementAndGet();
            runtime.ranges.consumedUpTo(range.maxSeqId(), range.position(), range.bytes(), range.operations(),
                    range.appendTimeMillis());
        }
        backlog.forgotten(left);
    }

    /** The collection is dropped, or the store no longer loads: so nothing is loaded behind it. */
    static void closeVectors(CollectionRuntime runtime) {
        VectorSegment segment;
        // A load may be under way.
        runtime.publishLock.lock();
        try {
            segment = runtime.vectors();
        } finally {
            runtime.publishLock.unlock();
        }
        if (segment != null) {
            segment.close();
        }
    }

    private void handOver(Removal removal) {
        ready.add(removal);
        execute();
    }

    private void execute() {
        if (!closed) {
            try {
                remover.execute(this::run);
            } catch (RuntimeException closing) {
                LOG.debug("left to the next start", closing);
            }
        }
    }

    /** Runs it while nothing is removed. */
    <T> T between(Supplier<T> work) {
        removing.lock();
        try {
            return work.get();
        } finally {
            removing.unlock();
        }
    }

    /** Everything that is ready, on the remover's thread. */
    private void run() {
        removing.lock();
        try {
            runAlone();
        } finally {
            removing.unlock();
        }
    }

    private void runAlone() {
        List<Removal> all = new ArrayList<>();
        for (Removal next = ready.poll(); next != null; next = ready.poll()) {
            all.add(next);
        }
        if (closed) {
            return;
        }
        List<Removal> gone = new ArrayList<>();
        for (Removal one : all) {
            try {
                long bytes = segments.remove(one.number);
                one.vectorBytes += bytes;
                unmapping.deleted(bytes);
                gone.add(one);
            } catch (RuntimeException | Error failure) {
                retryLater(List.of(one), failure);
            }
        }
        try {
            removeRows(gone);
        } catch (RuntimeException | Error failure) {
            retryLater(gone, failure);
        }
        try {
            reclaim();
            unmap();
        } catch (RuntimeException | Error failure) {
            retryLater(List.of(), failure);
        }
        if (stuck.get() == 0 && trouble.over()) {
            LOG.info("everything that dropped collections left is removed");
        }
    }

    /** Last, when nobody waits for what is removed. */
    private void unmap() {
        long restNanos = unmapping.look(System.nanoTime());
        if (restNanos > 0) {
            // Many such looks are as cheap as one.
            timer.schedule(this::execute, restNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void removeRows(List<Removal> all) {
        if (all.isEmpty()) {
            return;
        }
        List<Integer> numbers = all.stream().map(one -> one.number).toList();
        long rowBytes = records.forget(numbers);
        if (rowBytes > 0) {
            // Else there is nothing to compact, and of thousands of small ones each would be remembered.
            unreclaimed.addAll(numbers);
            unreclaimedBytes += rowBytes;
        }
        catalog.forgetDropped(numbers);
        checkpointer.soon();
        long share = rowBytes / all.size();
        for (Removal one : all) {
            unfinished.remove(one.number);
            metrics.removed(one.vectorBytes + share, System.nanoTime() - one.sinceNanos);
            LOG.info("collection {} is gone, {} bytes are given back", one.number, one.vectorBytes + share);
        }
    }

    /** A flush and a compaction, when together they give back enough; not for each of many that come one after another. */
    private void reclaim() {
        if (!RecordStore.isWorthReclaiming(unreclaimedBytes)) {
            return;
        }
        long restNanos = reclaimedNanos + RECLAIM_PAUSE_NANOS - System.nanoTime();
        if (restNanos > 0 || !ready.isEmpty()) {
            timer.schedule(this::execute, Math.max(restNanos, 0), TimeUnit.NANOSECONDS);
            return;
        }
        checkpointer.run();
        records.reclaim(unreclaimed);
        unreclaimed.clear();
        unreclaimedBytes = 0;
        reclaimedNanos = System.nanoTime();
    }

    private void retryLater(List<Removal> all, Throwable failure) {
        if (closed) {
            return;
        }
        String reason = "what is left of dropped collections cannot be removed: " + failure.getMessage();
        long delayMillis = trouble.failed(reason);
        LOG.warn("{}; trying again in {} ms", reason, delayMillis, failure);
        stuck.incrementAndGet();
        try {
            timer.schedule(() -> {
                stuck.decrementAndGet();
                ready.addAll(all);
                execute();
            }, delayMillis, TimeUnit.MILLISECONDS);
        } catch (RuntimeException closing) {
            LOG.debug("left to the next start", closing);
        }
    }

    /** What is not begun is left to the next start. */
    void close() {
        closed = true;
    }
}
