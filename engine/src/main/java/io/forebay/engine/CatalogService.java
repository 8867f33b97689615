package io.forebay.engine;

import io.forebay.index.record.RecordStore;
import io.forebay.index.record.RecordStore.CatalogEntry;
import io.forebay.index.record.RecordStoreException;
import io.forebay.model.CollectionInfo;
import io.forebay.model.Database;
import io.forebay.model.Durability;
import io.forebay.model.ForebayException;
import io.forebay.wal.Appended;
import io.forebay.wal.EntryHeader;
import io.forebay.wal.Wal;
import io.forebay.wal.WalException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/**
 * Changes the catalog. Every change is one control entry of the log (so its order with batches is that of the log, and
 * it is as durable as they are), then a row or two in RocksDB, then memory.
 *
 * <p>Threads: changes run on the engine's query threads, one at a time under {@code lock}. Lock order: {@code lock},
 * then a collection's appendLock, then the log's own.
 *
 * <p>Failure: nothing changes unless the log took the entry. If RocksDB then fails, the change holds in memory all the
 * same, because the next start will find it in the log; its rows are written with the next ones. A collection's number
 * is never used twice, also across restarts (the row {@code n}). A number may be reserved before there is a collection
 * ({@link #reserveNumber}): what is stored under it before belongs to nobody, and the row {@code x} removes it at the
 * next start, unless the collection is made.
 *
 * <p>Format of the rows: key {@code t}+tenant, {@code d}+length+tenant+database, {@code c}+number, each with the change that
 * makes it ({@link CatalogCodec}); {@code n} with the next number; {@code x}+number while a dropped collection's files
 * are not yet removed, or while a collection is being prepared.
 */
final class CatalogService {
    /** Collection number under which control entries stand in the log; real ones begin at 1. */
    static final int CATALOG_NUMBER = 0;
    static final byte ENTRY_BATCH = 1;
    static final byte ENTRY_CATALOG = 2;

    /** What a change does and what its caller gets. */
    record Plan<T>(List<CatalogChange> changes, Supplier<T> result) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final ForkEntries forks = new ForkEntries();
    private final Catalog catalog;
    private final Wal wal;
    private final RecordStore records;
    private final Durability durability;
    private final Executor executor;
    private final Function<CollectionInfo, CollectionRuntime> opener;
    private final Consumer<CollectionRuntime> disposer;
    private int nextNumber = CATALOG_NUMBER + 1;
    /** Given out, and no collection has them yet. */
    private final Set<Integer> reserved = new HashSet<>();
    /** The last logged change that was taken. */
    private long takenSeqId;
    /** Rows of logged changes that RocksDB refused: they go before the next. */
    private final List<CatalogEntry> unwritten = new ArrayList<>();

    CatalogService(Catalog catalog, Wal wal, RecordStore records, Durability durability, Executor executor,
            Function<CollectionInfo, CollectionRuntime> opener, Consumer<CollectionRuntime> disposer) {
        this.catalog = catalog;
        this.wal = wal;
        this.records = records;
        this.durability = durability;
        this.executor = executor;
        this.opener = opener;
        this.disposer = disposer;
    }

    /** Plans under the lock (a plan may throw what its caller is to be told), logs, applies; completes when durable. */
    <T> CompletableFuture<T> change(Supplier<Plan<T>> planner) {
        try {
            return CompletableFuture.supplyAsync(() -> changeNow(planner), executor)
                    .thenCompose(Function.identity());
        } catch (ForebayException closed) {
            return CompletableFuture.failedFuture(closed);
        }
    }

    private <T> CompletableFuture<T> changeNow(Supplier<Plan<T>> planner) {
        Appended appended;
        T result;
        lock.lock();
        try {
            Plan<T> plan = planner.get();
            if (plan.changes().isEmpty()) {
                return CompletableFuture.completedFuture(plan.result().get());
            }
            appended = log(plan.changes());
            take(plan.changes(), appended.maxSeqId());
            result = plan.result().get();
        } catch (WalException refused) {
            throw Errors.ofLog(refused);
        } catch (IllegalStateException | RecordStoreException failure) {
            throw Errors.ofRecords(failure);
        } finally {
            lock.unlock();
        }
        return durability == Durability.OS
                ? CompletableFuture.completedFuture(result)
                : Errors.mapLog(wal.durable(appended.maxSeqId())).thenApply(durable -> result);
    }

    /** What gives space back is taken although the disk's reserve is reached. */
    private Appended log(List<CatalogChange> changes) {
        EntryHeader header = new EntryHeader(CATALOG_NUMBER, 0, ENTRY_CATALOG, 1, 0);
        ByteBuffer payload = ByteBuffer.wrap(CatalogCodec.encode(changes));
        boolean drops = changes.stream().anyMatch(change -> change instanceof CatalogChange.DropCollection);
        return drops ? wal.appendUrgent(header, payload) : wal.append(header, payload);
    }

    /** Under the lock: the number that the next collection gets. */
    int nextNumber() {
        return nextNumber;
    }

    /**
     * A number for a collection that is made later, with what is stored under it from now on. Either its PutCollection or
     * {@link #forgetDropped} must follow.
     */
    int reserveNumber() {
        lock.lock();
        try {
            int number = nextNumber++;
            reserved.add(number);
            write(List.of(new CatalogEntry(CatalogRows.nextNumber(), CatalogRows.number(nextNumber)),
                    new CatalogEntry(CatalogRows.dropped(number), CatalogRows.number(number))));
            return number;
        } finally {
            lock.unlock();
        }
    }

    /** Where in the log forks were made, as far as it is kept. */
    ForkEntries forks() {
        return forks;
    }

    /** Takes logged changes: rows first, then memory. Under the lock, or alone during recovery. */
    void take(List<CatalogChange> changes, long seqId) {
        forks.note(changes, seqId);
        List<CatalogEntry> rows = new ArrayList<>();
        for (CatalogChange change : changes) {
            rowsOf(change, rows);
        }
        takenSeqId = seqId;
        try {
            write(rows);
        } catch (RuntimeException refused) {
            unwritten.addAll(rows);
            throw refused;
        } finally {
            // Also when RocksDB refused: what a collection acks behind its logged drop would be lost at the next start.
            changes.forEach(this::takeInMemory);
        }
    }

    private void write(List<CatalogEntry> rows) {
        List<CatalogEntry> all = new ArrayList<>(unwritten);
        all.addAll(rows);
        records.writeCatalog(all, takenSeqId);
        unwritten.clear();
    }

    /** The dimension that the first batch decided, kept in the collection's row. */
    void persistDimension(CollectionRuntime runtime) {
        lock.lock();
        try {
            if (!runtime.isDropped()) {
                List<CatalogEntry> rows = new ArrayList<>();
                rowsOf(new CatalogChange.PutCollection(runtime.info()), rows);
                write(rows);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The files of dropped collections, or of ones that were not made, are gone. */
    void forgetDropped(List<Integer> numbers) {
        lock.lock();
        try {
            reserved.removeAll(numbers);
            write(numbers.stream().map(number -> new CatalogEntry(CatalogRows.dropped(number), null))
                    .toList());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Numbers that some collection has or had at the time of the call; taken under the lock, so nothing is between two
     * states.
     */
    IntPredicate numbersGivenOut() {
        lock.lock();
        try {
            int end = nextNumber;
            Set<Integer> without = Set.copyOf(reserved);
            return number -> number < end && !without.contains(number);
        } finally {
            lock.unlock();
        }
    }

    /** For checks: numbers that were given out for a collection that is not there yet. */
    Set<Integer> reservedNumbers() {
        lock.lock();
        try {
            return Set.copyOf(reserved);
        } finally {
            lock.unlock();
        }
    }

    /** Reads what RocksDB has; returns the numbers of dropped collections whose files are still to be removed. */
    List<Integer> load() {
        takenSeqId = records.catalogSeqId();
        List<Integer> pending = new ArrayList<>();
        for (CatalogEntry row : records.readCatalog()) {
            byte[] value = row.value();
            if (value == null) {
                continue;
            }
            switch (row.key()[0]) {
                case CatalogRows.NEXT_NUMBER ->
                    nextNumber = Math.max(nextNumber, ByteBuffer.wrap(value).getInt());
                case CatalogRows.DROPPED -> pending.add(ByteBuffer.wrap(row.key(), 1, 4).getInt());
                default -> CatalogCodec.decode(value).forEach(this::takeInMemory);
            }
        }
        return pending;
    }

    private void rowsOf(CatalogChange change, List<CatalogEntry> rows) {
        byte[] value = CatalogCodec.encode(List.of(change));
        switch (change) {
            case CatalogChange.PutTenant c -> rows.add(new CatalogEntry(CatalogRows.tenant(c.name()), value));
            case CatalogChange.DropTenant c -> rows.add(new CatalogEntry(CatalogRows.tenant(c.name()), null));
            case CatalogChange.PutDatabase c -> rows.add(new CatalogEntry(
                    CatalogRows.database(c.database().tenant(), c.database().name()), value));
            case CatalogChange.DropDatabase c -> rows.add(
                    new CatalogEntry(CatalogRows.database(c.tenant(), c.name()), null));
            case CatalogChange.PutCollection c -> {
                nextNumber = Math.max(nextNumber, c.info().number() + 1);
                rows.add(new CatalogEntry(CatalogRows.collection(c.info().number()), value));
                rows.add(new CatalogEntry(CatalogRows.nextNumber(), CatalogRows.number(nextNumber)));
                if (c.info().origin() != null) {
                    // Its number was reserved: from now on there is nothing to remove.
                    rows.add(new CatalogEntry(CatalogRows.dropped(c.info().number()), null));
                }
            }
            case CatalogChange.DropCollection c -> {
                rows.add(new CatalogEntry(CatalogRows.collection(c.number()), null));
                rows.add(new CatalogEntry(CatalogRows.dropped(c.number()), CatalogRows.number(c.number())));
            }
        }
    }

    private void takeInMemory(CatalogChange change) {
        switch (change) {
            case CatalogChange.PutTenant c -> catalog.putTenant(c.name(), c.resourceName());
            case CatalogChange.DropTenant c -> catalog.dropTenant(c.name());
            case CatalogChange.PutDatabase c -> catalog.putDatabase(c.database());
            case CatalogChange.DropDatabase c -> catalog.dropDatabase(c.tenant(), c.name());
            case CatalogChange.PutCollection c -> putCollection(c.info());
            case CatalogChange.DropCollection c -> dropCollection(c.number());
        }
    }

    private void putCollection(CollectionInfo info) {
        nextNumber = Math.max(nextNumber, info.number() + 1);
        reserved.remove(info.number());
        CollectionRuntime existing = catalog.byNumber(info.number());
        if (existing == null) {
            catalog.add(opener.apply(info));
            return;
        }
        existing.appendLock.lock();
        try {
            catalog.replace(existing, info);
        } finally {
            existing.appendLock.unlock();
        }
    }

    private void dropCollection(int number) {
        CollectionRuntime runtime = catalog.byNumber(number);
        if (runtime == null) {
            return;
        }
        runtime.appendLock.lock();
        try {
            runtime.drop(takenSeqId);
        } finally {
            runtime.appendLock.unlock();
        }
        catalog.remove(runtime);
        disposer.accept(runtime);
    }

    static List<CatalogChange> defaults() {
        return List.of(new CatalogChange.PutTenant(Database.DEFAULT_TENANT, null),
                new CatalogChange.PutDatabase(
                        new Database(Database.DEFAULT_DATABASE_ID, Database.DEFAULT_DATABASE,
                                Database.DEFAULT_TENANT)));
    }
}
