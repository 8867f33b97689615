package io.forebay.engine;

import io.forebay.engine.manifest.ManifestException;
import io.forebay.engine.manifest.StoreUpgrade;
import io.forebay.model.DeadLetter;
import io.forebay.index.record.RecordStore;
import io.forebay.index.record.RecordStore.CollectionState;
import io.forebay.index.record.RecordStoreConfig;
import io.forebay.model.CollectionInfo;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.wal.Wal;
import io.forebay.wal.WalConfig;
import io.forebay.wal.WalException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of one open store, wired: log, record segments, vector segments, catalog, pool, checkpointer. Opening it is
 * recovery; closing it is a checkpoint.
 *
 * <p>Layout of the directory: {@code STORE} the manifest; {@code wal/} the log and the lock; {@code records/} RocksDB;
 * {@code vectors/<number>/} one vector segment per collection.
 *
 * <p>Recovery: the log recovers itself; RocksDB opens at its last flush, whose positions say what of each collection is
 * applied; the catalog's rows are read; the next seqId is put above everything that was ever applied; then the log is
 * read once from its oldest entry, control entries above the catalog's position are taken, and batches above their
 * collection's position are queued again; the idempotency keys of both are remembered again. Applying is the indexers'
 * ordinary work, and vector segments are opened behind it ({@link Opening}), so the store serves at once.
 */
final class Store {
    private static final Logger LOG = LoggerFactory.getLogger(Store.class);
    private static final CollectionState NOTHING_APPLIED = new CollectionState(0, 0, 0, 0, 0);

    private static final long SUPERVISE_MILLIS = 500;

    final Path directory;
    final ForebayOptions options;
    final Catalog catalog = new Catalog();
    final EngineThreads threads;
    final Wal wal;
    final RecordStore records;
    final CatalogService changes;
    final Segments segments;
    final VectorLoading loading;
    final MemoryBudget budget;
    final Opening opening;
    final Removals removals;
    final IndexerPool pool;
    final Checkpointer checkpointer;
    final IdempotencyTable keys;
    final JvmMemory jvm;
    final MemoryWatermark memory;
    final DiskWatermark disk;
    final Admission admission;
    final WritePath writes;
    final ReadWaits waits;
    final ReadPath reads;
    final Deleting deletes;
    final SearchPath searches;
    final Forking forking;
    final Retrying letters;
    final Applying applying;
    final Backlog backlog = new Backlog();
    final AtomicLong skippedEntries = new AtomicLong();
    private final AtomicLong appliedBytesSinceCheckpoint = new AtomicLong();
    private final EngineMetrics metrics;
    private boolean recovered;

    /** @throws ForebayException (UNAVAILABLE) with what is wrong and where */
    static Store open(Path directory, ForebayOptions options, EngineMetrics metrics) {
        StoreDirectory.make(directory);
        StoreDirectory.refuseUnfinished(directory);
        Wal wal;
        StoreUpgrade upgrade;
        try {
            upgrade = StoreUpgrade.of(directory);
            wal = Wal.open(directory.resolve("wal"),
                    WalConfig.defaults().withExtentBytes(options.extentBytes())
                            .withReserveBytesMin(options.diskReserveBytes())
                            .withImplementation(options.log().implementation())
                            .withRetainBytes(options.log().retainBytes()));
        } catch (WalException | ManifestException failure) {
            throw new ForebayException(ErrorCode.UNAVAILABLE,
                    "Cannot open the store in " + directory + ": " + failure.getMessage(), failure);
        }
        try {
            upgrade.run();
            return new Store(directory, options, metrics, wal);
        } catch (Error failure) {
            wal.close();
            throw failure;
        } catch (RuntimeException failure) {
            wal.close();
            throw failure instanceof ForebayException
                    ? failure
                    : new ForebayException(ErrorCode.UNAVAILABLE,
                            "Cannot open the store in " + directory + ": " + failure.getMessage(), failure);
        }
    }

    private Store(Path directory, ForebayOptions options, EngineMetrics metrics, Wal wal) {
        this.directory = directory;
        this.options = options;
        this.metrics = metrics;
        this.wal = wal;
        this.threads = new EngineThreads(options.queryThreads());
        ArenaSync arenas = new ArenaSync(threads.syncers());
        this.checkpointer = new Checkpointer(catalog, arenas, options, metrics, appliedBytesSinceCheckpoint);
        this.records = RecordStore.open(directory.resolve("records"),
                recordConfig(options.rocksCacheBytes()), checkpointer::beforeFlush);
        LinkGovernor governor = LinkGovernor.ofThisMachine(options.linkSharePercentMin() / 100.0);
        this.pool = new IndexerPool(options.indexerThreads(), governor, threads.timer(), metrics);
        this.changes = new CatalogService(catalog, wal, records, options.durability(), threads.queries(),
                this::openCollection, this::dropped);
        this.segments = new Segments(directory.resolve("vectors"), records, changes, arenas,
                options.index().engine());
        this.loading = new VectorLoading(segments, pool);
        this.budget = new MemoryBudget(options.index(), catalog, pool);
        this.opening = new Opening(loading, budget, threads.openers(), threads.timer());
        this.removals = new Removals(this, metrics);
        this.keys = new IdempotencyTable(options.idempotency(), System::currentTimeMillis);
        this.jvm = new JvmMemory();
        this.memory = new MemoryWatermark(jvm, options.pressure().memoryWatermarkPercent(), System::gc);
        this.admission = new Admission(options, backlog, memory, new ApplyFailure(records), metrics);
        this.disk = new DiskWatermark(wal, () -> admission.pressure().diskWatermarkBytes());
        this.writes = new WritePath(wal, options, pool, governor, metrics, backlog, keys, admission,
                runtime -> loading.ready(runtime, threads.queries()));
        this.letters = new Retrying(records, writes, keys, threads.queries());
        this.waits = new ReadWaits(wal, options);
        this.reads = new ReadPath(records, loading, threads.queries(), options, metrics, waits, governor);
        this.deletes = new Deleting(reads, writes, waits);
        this.searches = new SearchPath(reads);
        this.forking = new Forking(this, changes, wal);
        this.applying = new Applying(wal, records, metrics, backlog, appliedBytesSinceCheckpoint,
                segments, loading, removals::inLane, pool::wakeApply);
        checkpointer.bind(wal, records, changes, keys, budget);
        try {
            recover();
        } catch (RuntimeException | Error failure) {
            closeParts();
            throw failure;
        }
        pool.start(applying, applying::upkeep, this::everyRuntime);
        threads.timer().scheduleWithFixedDelay(pool::supervise, SUPERVISE_MILLIS, SUPERVISE_MILLIS,
                TimeUnit.MILLISECONDS);
        checkpointer.start(threads.checkpointer());
        threads.timer().scheduleWithFixedDelay(goingOn(memory::look), 1, 1, TimeUnit.SECONDS);
        for (CollectionRuntime runtime : catalog.all()) {
            pool.wakeApply(runtime);
        }
        opening.start(catalog.all(), Math.max(1, options.queryThreads() / 2));
    }

    /** A timer never calls again what threw, be it an Error. */
    static Runnable goingOn(Runnable periodic) {
        return () -> {
            try {
                periodic.run();
            } catch (Throwable failure) {
                report(failure);
            }
        };
    }

    private static void report(Throwable failure) {
        try {
            LOG.error("a periodic task of the store failed; it goes on", failure);
        } catch (Throwable unreported) {
            // No memory for the report either.
            failure.addSuppressed(unreported);
        }
    }

    /** Half of the cache for what is not flushed yet, in four column families. */
    private static RecordStoreConfig recordConfig(long cacheBytes) {
        RecordStoreConfig defaults = RecordStoreConfig.defaults();
        long memtables = Math.max(1 << 20, cacheBytes / 2);
        return new RecordStoreConfig(
                Math.max(256 << 10, Math.min(defaults.writeBufferBytes(), memtables / 4)),
                memtables, cacheBytes, defaults.backgroundJobsMax(), defaults.idFilterBytesMax());
    }

    private void recover() {
        segments.createDirectory();
        List<Integer> leftovers = new ArrayList<>(changes.load());
        records.deadLetters().readAll(this::parkedBefore);
        long appliedMax = records.catalogSeqId();
        for (CollectionRuntime runtime : catalog.all()) {
            appliedMax = Math.max(appliedMax, runtime.applied.position());
        }
        wal.reserveThrough(appliedMax);
        new Replay(this).run();
        recovered = true;
        // A crash between two steps of a drop or a fork: what the catalog does not know is nobody's.
        leftovers.addAll(segments.numbers());
        leftovers.stream().distinct().filter(number -> catalog.byNumber(number) == null)
                .forEach(removals::leftover);
        if (catalog.tenants().isEmpty()) {
            changes.change(() -> new CatalogService.Plan<>(CatalogService.defaults(), () -> "made")).join();
        }
    }

    private void parkedBefore(DeadLetter letter) {
        CollectionRuntime runtime = catalog.byNumber(letter.collection());
        if (runtime != null) {
            runtime.letters.parked(letter);
        }
    }

    /** What a new collection is made with must not fail: the log has it already. */
    private CollectionRuntime openCollection(CollectionInfo info) {
        CollectionRuntime forked = forking.opened(info);
        if (forked != null) {
            return forked;
        }
        if (recovered) {
            return new CollectionRuntime(info, NOTHING_APPLIED, options.rangeQueueMax());
        }
        CollectionState state = records.state(info.number());
        CollectionRuntime found = new CollectionRuntime(info, state, options.rangeQueueMax());
        found.upkeepDue(records.isUpkeepDue(info.number(), state));
        found.metadataKeys(records.seenKeys(info.number()));
        segments.found(found, state);
        return found;
    }

    private void dropped(CollectionRuntime runtime) {
        keys.forget(runtime.number);
        removals.begin(runtime);
        if (recovered) {
            metrics.dropped();
        }
    }

    /** At once, also for acks that are held back. */
    void pressure(PressureOptions changed) {
        admission.pressure(changed);
        forEachRuntime(runtime -> runtime.brake.releaseAll());
    }

    void close() {
        forking.close();
        opening.close();
        removals.close();
        forEachRuntime(runtime -> runtime.closeGates("the store is being closed"));
        pool.close();
        try {
            checkpointer.run();
        } catch (RuntimeException failure) {
            LOG.error("the last checkpoint failed; the log still has everything", failure);
        }
        checkpointer.storeGraphsAtClose();
        closeParts();
        wal.close();
    }

    /** All but the log and the pool. */
    private void closeParts() {
        jvm.close();
        opening.close();
        removals.close();
        loading.close();
        threads.close();
        records.close();
        threads.runAbandoned();
        forEachRuntime(runtime -> {
            // Again: it may have been made while the store was being closed.
            runtime.closeGates("the store is closed");
            Removals.closeVectors(runtime);
        });
    }

    private void forEachRuntime(Consumer<CollectionRuntime> action) {
        everyRuntime().forEach(action);
    }

    List<CollectionRuntime> everyRuntime() {
        List<CollectionRuntime> all = new ArrayList<>(catalog.all());
        all.addAll(removals.dropping());
        return all;
    }
}
