package io.forebay.engine;

import io.forebay.index.record.RecordStore;
import io.forebay.wal.Wal;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntPredicate;
import java.util.function.IntToLongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what is applied recoverable without the log, then lets the log go.
 *
 * <p>The rule: persist data, persist the position, only then delete what is before it. In detail: note every
 * collection's applied seqId; flush RocksDB (whose flush hook, {@link #beforeFlush}, first syncs the log and
 * the arenas, because a flush writes positions that speak of both); delete blocks of vectors that were all dead before
 * the flush ({@link Reclaiming}); purge the extents of the log that lie wholly below what was noted. Behind it, graphs that
 * have grown enough are written ({@link GraphStoring}); nothing depends on that. Between, collections are unloaded that
 * the memory has no room for ({@link MemoryBudget}).
 *
 * <p>Threads: {@link #run} on {@code checkpointer} and once in close; {@link #beforeFlush} on RocksDB's flush thread,
 * also for flushes that RocksDB starts by itself.
 *
 * <p>Failure: a checkpoint that fails is reported in health and tried again; nothing is purged by it.
 */
final class Checkpointer {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);
    private static final long LOOK_MILLIS = 100;
    private static final long SOON_MILLIS = 1_000;
    /** After one that failed. */
    private static final long RETRY_MILLIS = 2_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Catalog catalog;
    private final ForebayOptions options;
    private final EngineMetrics metrics;
    private final AtomicLong appliedBytes;
    private final LogPins pins;
    private final ArenaSync arenas;
    private final GraphStoring graphs = new GraphStoring();
    private @Nullable CatalogService service;
    private @Nullable Wal wal;
    private @Nullable RecordStore records;
    private @Nullable IdempotencyTable keys;
    private @Nullable MemoryBudget budget;
    private long lastCheckpointNanos = System.nanoTime();
    private volatile IntToLongFunction lastCovered = number -> 0;
    private volatile boolean isAskedFor;
    private volatile @Nullable String trouble;
    /** What the last run of the flush hook failed with. */
    private volatile @Nullable RuntimeException syncFailure;

    Checkpointer(Catalog catalog, ArenaSync arenas, ForebayOptions options, EngineMetrics metrics,
            AtomicLong appliedBytes) {
        this.arenas = arenas;
        this.catalog = catalog;
        this.options = options;
        this.metrics = metrics;
        this.appliedBytes = appliedBytes;
        this.pins = new LogPins(catalog, Math.max(2 * options.checkpointBytes(), 4 * options.extentBytes()));
    }

    /** The flush hook exists before the store that calls it, hence two steps. */
    void bind(Wal log, RecordStore store, CatalogService changes, IdempotencyTable remembered,
            MemoryBudget memory) {
        wal = log;
        records = store;
        service = changes;
        keys = remembered;
        budget = memory;
    }

    void start(ScheduledExecutorService timer) {
        long lookMillis = Math.min(LOOK_MILLIS, options.checkpointIntervalMillis());
        timer.scheduleWithFixedDelay(this::look, lookMillis, lookMillis, TimeUnit.MILLISECONDS);
    }

    /** Why the last checkpoint failed; null when it did not. */
    @Nullable
    String trouble() {
        return trouble;
    }

    /** Why a graph could not be written; null when all that were due are. */
    @Nullable
    String graphTrouble() {
        return graphs.trouble();
    }

    /** Before the segments are closed, when nothing links any more. */
    void storeGraphsAtClose() {
        graphs.atClose(catalog.all());
    }

    /** What holds back the log, as of the last checkpoint. */
    List<LogPin> pins() {
        return pins.now();
    }

    /** Up to where each collection is in the last checkpoint; 0 for all before the first. */
    IntToLongFunction lastCovered() {
        return lastCovered;
    }

    private void look() {
        long sinceMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastCheckpointNanos);
        boolean due = appliedBytes.get() >= options.checkpointBytes()
                || sinceMillis >= options.checkpointIntervalMillis() && isDirty()
                || isAskedFor(sinceMillis)
                || trouble != null && sinceMillis >= RETRY_MILLIS;
        if (due) {
            try {
                run();
            } catch (Throwable failure) {
                // Also an Error: the timer would never call again.
                LOG.error("checkpoint failed; trying again", failure);
            }
        }
        try {
            if (arenas.isDue()) {
                arenas.syncAll(this::reportUnsynced);
            }
            bound(budget).look();
        } catch (Throwable failure) {
            LOG.error("syncing or unloading vectors failed; trying again", failure);
        }
    }

    /** Something was dropped: what of the log only that needed goes with the next checkpoint, which comes soon. */
    void soon() {
        isAskedFor = true;
    }

    /** At most one a second, however much is dropped; none where it would let nothing go. */
    private boolean isAskedFor(long sinceMillis) {
        if (!isAskedFor || sinceMillis < Math.min(SOON_MILLIS, options.checkpointIntervalMillis())) {
            return false;
        }
        isAskedFor = false;
        return bound(wal).stats().extents() > 1;
    }

    private boolean isDirty() {
        return appliedBytes.get() > 0 || records != null && records.unflushedBytes() > 0;
    }

    /** One checkpoint. Returns the number of log extents it let go. */
    int run() {
        RecordStore store = bound(records);
        Wal log = bound(wal);
        CatalogService changes = bound(service);
        lock.lock();
        try {
            long start = System.nanoTime();
            lastCheckpointNanos = start;
            appliedBytes.set(0);
            IntPredicate given = changes.numbersGivenOut();
            Map<Integer, Long> noted = new HashMap<>();
            noted.put(CatalogService.CATALOG_NUMBER, store.catalogSeqId());
            for (CollectionRuntime runtime : catalog.all()) {
                noted.put(runtime.number, runtime.applied.position());
            }
            Reclaiming dead = Reclaiming.note(catalog.all());
            bound(keys).deleteRows(store, catalog);
            syncFailure = null;
            store.flush();
            RuntimeException unsynced = syncFailure;
            if (unsynced != null) {
                // RocksDB has its files, but what they speak of may not be on disk: the log must stay.
                throw unsynced;
            }
            dead.run();
            IntToLongFunction covered = number -> covered(noted, number, given);
            lastCovered = covered;
            int purged = log.purge(covered);
            pins.found(log.pins(covered));
            trouble = null;
            metrics.checkpointed(System.nanoTime() - start, purged);
            if (log.diskFull() == null) {
                graphs.atCheckpoint(catalog.all());
            }
            return purged;
        } catch (RuntimeException failure) {
            trouble = "the last checkpoint failed: " + failure;
            throw failure;
        } finally {
            lock.unlock();
        }
    }

    /** Runs it while no checkpoint is made: no extent of the log is purged, and no block of vectors reclaimed. */
    <T> T between(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** What a flush brings to disk, as a record segment in another directory; inside of {@link #between}. */
    void checkpoint(Path directory) {
        syncFailure = null;
        bound(records).checkpoint(directory);
        RuntimeException unsynced = syncFailure;
        if (unsynced != null) {
            throw unsynced;
        }
    }

    /** A collection that was there before the note was taken and is not noted was dropped; a later one is not covered. */
    private static long covered(Map<Integer, Long> noted, int number, IntPredicate given) {
        Long seqId = noted.get(number);
        if (seqId != null) {
            return seqId;
        }
        return given.test(number) ? Long.MAX_VALUE : 0;
    }

    /** Before RocksDB writes what it holds: the log up to it and the arenas must be on disk. */
    void beforeFlush() {
        try {
            Wal log = wal;
            if (log != null) {
                // Its end covers whatever was applied, also a group that is committed and not counted yet.
                log.sync();
            }
        } catch (RuntimeException failure) {
            report("the log could not be synced", failure);
        }
        arenas.syncAll(this::reportUnsynced);
    }

    private void reportUnsynced(CollectionRuntime runtime, RuntimeException failure) {
        report("the vectors of collection " + runtime.number + " could not be synced", failure);
    }

    private synchronized void report(String what, RuntimeException failure) {
        trouble = what + ": " + failure;
        syncFailure = failure;
        LOG.error(what, failure);
    }

    private static <T> T bound(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("the checkpointer is not bound yet");
        }
        return part;
    }
}
