package io.forebay.engine;

import io.forebay.engine.CatalogService.Plan;
import io.forebay.index.record.RecordStore;
import io.forebay.index.record.RecordStore.CollectionState;
import io.forebay.index.record.RecordStoreException;
import io.forebay.index.vector.VectorSegment;
import io.forebay.model.CollectionInfo;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Names;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.wal.Wal;
import io.forebay.wal.WalException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a collection that begins with what another has at this moment, and goes its own way from there.
 *
 * <p>Order: wait until what was acked is applied; reserve a number; under it copy the records of one snapshot and link
 * the vector files of the same snapshot; bring all of that to disk, with the position of the source that covers it; open the
 * vectors; only then log the new collection. Before that nobody can see any of it, and a crash leaves a number that the
 * catalog does not know, which the next start removes. From then on it is a collection like any other: its position is the
 * source's at the snapshot, its own entries stand behind its control entry in the log.
 *
 * <p>The source is never held up but for the moment in which the snapshot is taken, as by a read. What its vector files
 * share with those of the fork neither writes any more ({@link io.forebay.index.vector.SegmentCopy}).
 *
 * <p>Threads: {@code forker-0}, one fork at a time; it may wait. {@link #opened} is called under the catalog's lock.
 *
 * <p>Failure: what was prepared is removed, at the latest by {@link Removals}; the source is as before. A fork that the
 * catalog took although its caller is told of a failure is a collection like any other. One that comes when
 * {@link #FORKS_MAX} are not ready is refused; one under which the disk's reserve is reached ends.
 */
final class Forking {
    /** The one that is being made and those that wait. */
    static final int FORKS_MAX = 16;
    private static final Logger LOG = LoggerFactory.getLogger(Forking.class);

    private final Catalog catalog;
    private final CatalogService service;
    private final Wal wal;
    private final RecordStore records;
    private final Segments segments;
    private final VectorLoading loading;
    private final ReadPath reads;
    private final ReadWaits waits;
    private final IndexerPool pool;
    private final Removals removals;
    private final Executor forker;
    private final int rangeQueueMax;
    private final CatalogLimits limits;
    /** By number: prepared, and about to be logged. */
    private final Map<Integer, CollectionRuntime> prepared = new ConcurrentHashMap<>();
    /** Held for a whole fork, and taken before every other lock. */
    private final ReentrantLock forkLock = new ReentrantLock();
    private final AtomicInteger unready = new AtomicInteger();
    private volatile boolean closed;

    Forking(Store store, CatalogService service, Wal wal) {
        this.catalog = store.catalog;
        this.service = service;
        this.wal = wal;
        this.records = store.records;
        this.segments = store.segments;
        this.loading = store.loading;
        this.reads = store.reads;
        this.waits = store.waits;
        this.pool = store.pool;
        this.removals = store.removals;
        this.forker = store.threads.forker();
        this.rangeQueueMax = store.options.rangeQueueMax();
        this.limits = store.options.catalog();
    }

    CompletableFuture<CollectionInfo> fork(UUID id, String name) {
        CollectionRuntime source;
        try {
            source = catalog.collection(id);
            Names.check(name, "Validation error: new_name: ");
            checkFree(source, name);
            checkDisk();
            if (unready.incrementAndGet() > FORKS_MAX) {
                unready.decrementAndGet();
                throw ForebayException.backoff("forks", FORKS_MAX
                        + " forks are being made or wait for it (limit forks): backoff and try again",
                        RetryAfter.withJitter(RetryAfter.SECONDS_UNKNOWN));
            }
        } catch (ForebayException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        return CompletableFuture.completedFuture(source)
                .thenCompose(from -> waits.awaited(from, ReadOptions.of(ReadLevel.INDEX_AND_WAL)))
                .thenApplyAsync(applied -> forkNow(source, name), forker)
                .whenComplete((made, failure) -> unready.decrementAndGet());
    }

    private void checkDisk() {
        WalException full = wal.diskFull();
        if (full != null) {
            throw Errors.ofLog(full);
        }
    }

    private void checkFree(CollectionRuntime source, String name) {
        if (source.isDropped()) {
            throw source.droppedError();
        }
        CollectionInfo info = source.info();
        if (catalog.findCollection(info.tenant(), info.database(), name) != null) {
            throw new ForebayException(ErrorCode.ALREADY_EXISTS, "Collection [" + name + "] already exists");
        }
        limits.checkCollections(catalog);
    }

    /** Runs it while no fork is in the middle. */
    <T> T between(Supplier<T> work) {
        forkLock.lock();
        try {
            return work.get();
        } finally {
            forkLock.unlock();
        }
    }

    private CollectionInfo forkNow(CollectionRuntime source, String name) {
        return between(() -> forkAlone(source, name));
    }

    private CollectionInfo forkAlone(CollectionRuntime source, String name) {
        long start = System.nanoTime();
        try {
            checkOpen();
            checkFree(source, name);
            int number = service.reserveNumber();
            boolean made = false;
            try {
                CollectionInfo info = copied(source, number, name);
                CollectionState state = records.state(number);
                CollectionRuntime fork = new CollectionRuntime(info, state, rangeQueueMax);
                fork.upkeepDue(records.isUpkeepDue(number, state));
                fork.metadataKeys(records.seenKeys(number));
                segments.open(fork);
                prepared.put(number, fork);
                log(source, info);
                made = true;
                LOG.info("collection {} ({}) is a fork of {} ({}), made in {} ms", number, name,
                        source.number, source.info().name(),
                        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
                return info;
            } finally {
                settle(number, made);
            }
        } catch (RuntimeException failure) {
            throw told(source, failure);
        }
    }

    /** A change whose rows RocksDB refused, or whose sync failed, holds all the same. */
    private void settle(int number, boolean made) {
        CollectionRuntime fork = catalog.byNumber(number);
        if (fork != null) {
            pool.wakeApply(fork);
            pool.wakeLink(fork);
        } else if (!made) {
            discard(number);
        }
    }

    private CollectionInfo copied(CollectionRuntime source, int number, String name) {
        VectorSegment vectors = loading.forUse(source);
        if (vectors != null && vectors.isGraphStoreDueAtUnload()) {
            vectors.storeGraph();
        }
        segments.forkGraph(source.number, number);
        CollectionInfo info;
        try (ReadPath.Snapshot snapshot = reads.snapshot(source, true)) {
            info = source.info().forked(UUID.randomUUID(), number, name,
                    snapshot.records().state().appliedSeqId());
            records.copy(snapshot.records(), number, this::checkMayGoOn);
            if (snapshot.vectors() != null) {
                segments.forkVectors(source.number, number, snapshot.vectors());
            }
        }
        // As before any flush, but here a failure must end the fork.
        wal.sync();
        // Of a segment that was unloaded meanwhile everything is synced.
        VectorSegment now = source.vectors();
        if (now != null) {
            now.force();
        }
        records.flush();
        return info;
    }

    private void log(CollectionRuntime source, CollectionInfo info) {
        service.change(() -> {
            checkFree(source, info.name());
            return new Plan<>(List.of(new CatalogChange.PutCollection(info)), () -> info);
        }).join();
    }

    /** The runtime that was prepared for this collection; null when none was. */
    @Nullable
    CollectionRuntime opened(CollectionInfo info) {
        return prepared.remove(info.number());
    }

    private void discard(int number) {
        try {
            CollectionRuntime fork = prepared.remove(number);
            VectorSegment segment = fork == null ? null : fork.vectors();
            if (segment != null) {
                segment.close();
            }
            records.drop(number);
            segments.remove(number);
            service.forgetDropped(List.of(number));
        } catch (RuntimeException failure) {
            LOG.warn("what was prepared under number {} cannot be removed yet: {}", number,
                    failure.toString());
            removals.leftover(number);
        }
    }

    private RuntimeException told(CollectionRuntime source, RuntimeException failure) {
        if (source.isDropped()) {
            return source.droppedError();
        }
        Throwable cause = Errors.unwrap(failure);
        return switch (cause) {
            case ForebayException told -> told;
            case IllegalStateException closing -> Errors.ofRecords(closing);
            case RecordStoreException refused -> Errors.ofRecords(refused);
            case UncheckedIOException disk -> new ForebayException(ErrorCode.UNAVAILABLE,
                    "The collection cannot be forked: " + disk.getMessage(), disk);
            default -> failure;
        };
    }

    /** Before each write of a copy. */
    private void checkMayGoOn() {
        checkOpen();
        checkDisk();
    }

    private void checkOpen() {
        if (closed) {
            throw new ForebayException(ErrorCode.UNAVAILABLE, "the store is being closed");
        }
    }

    /** A fork that is under way ends soon. */
    void close() {
        closed = true;
    }
}
