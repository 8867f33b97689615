package io.forebay.engine;

import io.forebay.engine.snapshot.BackupPart;
import io.forebay.engine.snapshot.Snapshot;
import io.forebay.model.DeadLetter;
import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionInfo;
import io.forebay.model.CollectionStatus;
import io.forebay.model.Database;
import io.forebay.model.DeleteRequest;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.MetadataValue;
import io.forebay.model.QueryRequest;
import io.forebay.model.Rate;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.SearchHit;
import io.forebay.model.SearchRequest;
import io.forebay.model.StoredRecord;
import io.forebay.model.Where;
import io.forebay.model.WriteAck;
import io.forebay.wal.WalException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A vector store in a directory: the same operations as the server, in this process.
 *
 * <p>Threads: every method may be called by any thread and none of them blocks on disk or on other work, except
 * {@link #open} and {@link #close}; what takes time comes back as a future. A future that fails, fails with a
 * {@link io.forebay.model.ForebayException} whose code and message a caller can act on. Futures complete on threads
 * of the engine: do nothing slow in their continuations.
 */
public final class Forebay implements AutoCloseable {
    final Store store;
    private final Administration administration;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Forebay(Store store) {
        this.store = store;
        this.administration = new Administration(store);
    }

    public static Forebay open(Path directory) {
        return open(directory, ForebayOptions.defaults());
    }

    public static Forebay open(Path directory, ForebayOptions options) {
        return open(directory, options, EngineMetrics.NONE);
    }

    /**
     * Opens or creates the store in this directory, recovering what an earlier process left.
     *
     * @throws io.forebay.model.ForebayException when another process has it open (the message names its pid), when it
     *         cannot be written, when its log is damaged, or when it was written by a newer version
     */
    public static Forebay open(Path directory, ForebayOptions options, EngineMetrics metrics) {
        return new Forebay(Store.open(directory, options, metrics));
    }

    // ---- tenants and databases ----

    /** ALREADY_EXISTS "Tenant [x] already exists"; INVALID_ARGUMENT when shorter than 3 characters. */
    public CompletableFuture<Void> createTenant(String name) {
        return administration.createTenant(name);
    }

    public boolean tenantExists(String name) {
        return store.catalog.tenantExists(name);
    }

    /** What collections are found by from outside, besides the name; null when the tenant was not given one. */
    public @Nullable String resourceName(String tenant) {
        return store.catalog.resourceName(tenant);
    }

    /** ALREADY_EXISTS when it is another tenant's name or resource name. */
    public CompletableFuture<Void> updateTenant(String name, String resourceName) {
        return administration.updateTenant(name, resourceName);
    }

    public CompletableFuture<Void> createDatabase(String tenant, String name) {
        return administration.createDatabase(tenant, name);
    }

    /** NOT_FOUND "Database [d] not found. Are you sure it exists?" */
    public Database database(String tenant, String name) {
        return store.catalog.database(tenant, name);
    }

    /** Ordered by name. */
    public List<Database> databases(String tenant, @Nullable Integer limit, int offset) {
        return page(store.catalog.databases(tenant), limit, offset);
    }

    /** Drops its collections too. */
    public CompletableFuture<Void> deleteDatabase(String tenant, String name) {
        return administration.deleteDatabase(tenant, name);
    }

    // ---- collections ----

    /** With getOrCreate an existing collection is answered unchanged. */
    public CompletableFuture<CollectionInfo> createCollection(String tenant, String database, String name,
            @Nullable Map<String, MetadataValue> metadata, CollectionConfig config, boolean getOrCreate) {
        return administration.createCollection(tenant, database, name, metadata, config, getOrCreate);
    }

    /** By name: NOT_FOUND "Collection [x] does not exist". */
    public CollectionInfo collection(String tenant, String database, String name) {
        return store.catalog.collection(tenant, database, name).info();
    }

    /** By id: NOT_FOUND "Collection [uuid] does not exist." (with the period, as Chroma). */
    public CollectionInfo collection(UUID id) {
        return store.catalog.collection(id).info();
    }

    /**
     * The metadata keys that the collection's records ever had (the first thousand), ordered, each with a mask of
     * {@link io.forebay.model.MetadataType#bit}; as of what is applied. Empty for a collection that is not there.
     */
    public Map<String, Integer> metadataKeys(UUID id) {
        return store.catalog.metadataKeys(id);
    }

    /** Ordered by the text of their ids. */
    public List<CollectionInfo> collections(String tenant, String database, @Nullable Integer limit,
            int offset) {
        return page(store.catalog.collections(tenant, database), limit, offset);
    }

    /**
     * By a name for all tenants, {@code tenant:database:collection}, in which the tenant's resource name or its name
     * stands: INVALID_ARGUMENT when it has another form, NOT_FOUND.
     */
    public CollectionInfo collectionByResourceName(String crn) {
        String[] parts = crn.split(":", -1);
        if (parts.length != 3 || parts[0].isEmpty() || parts[1].isEmpty() || parts[2].isEmpty()) {
            throw ForebayException.invalid("Validation error: crn: CRN must be in the format"
                    + " <tenant_resource_name>:<database_name>:<collection_name> with non-empty parts");
        }
        String tenant = store.catalog.tenantByResourceName(parts[0]);
        return store.catalog.collection(tenant == null ? parts[0] : tenant, parts[1], parts[2]).info();
    }

    /**
     * A new collection in the same database, with what this one has by now (all that was acked before the call) and with
     * its configuration. From then on neither knows of the other. NOT_FOUND, ALREADY_EXISTS, INVALID_ARGUMENT.
     */
    public CompletableFuture<CollectionInfo> forkCollection(UUID source, String name) {
        return administration.forkCollection(source, name);
    }

    /** How many forks there are of the collection from which this one descends, whatever is between; also of itself. */
    public int forkCount(UUID collection) {
        return store.catalog.forks(store.catalog.collection(collection).info());
    }

    /** Of all tenants and databases. */
    public int collectionCount() {
        return store.catalog.all().size();
    }

    public int collectionCount(String tenant, String database) {
        return store.catalog.collectionCount(tenant, database);
    }

    public CompletableFuture<Void> updateCollection(UUID id, CollectionChange change) {
        return administration.updateCollection(id, change);
    }

    public CompletableFuture<Void> deleteCollection(String tenant, String database, String name) {
        return administration.deleteCollection(tenant, database, name);
    }

    /** Drops everything and makes the default tenant and database again. */
    public CompletableFuture<Void> reset() {
        return administration.reset();
    }

    /** The collection of this name in the default tenant and database, made if there is none. */
    public VectorCollection getOrCreateCollection(String name, CollectionConfig config) {
        CollectionInfo info = createCollection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, name, null,
                config,
                true).join();
        return new VectorCollection(this, info.id());
    }

    // ---- records ----

    /**
     * Appends a batch and acknowledges it: with batch ingest as soon as its durability is reached, otherwise when it
     * is linked. Everything the caller can get wrong is found before anything is written.
     */
    public CompletableFuture<WriteAck> write(UUID collection, RecordBatch batch, WriteOptions options) {
        return with(collection, runtime -> store.writes.write(runtime, batch, options));
    }

    /**
     * Writes batches into many collections at once, each collection's in their order, in turns, so that one sync
     * covers several; some 32 MB of them are appended and not acknowledged at a time. A batch that is refused ends
     * its own collection and no other: the answer, which does not fail itself, says per collection what was
     * acknowledged and what failed first. A refusal with BACKOFF is told like any other, and nothing is
     * tried again.
     *
     * @param options without an idempotency key, because each batch needs its own
     */
    public CompletableFuture<Map<UUID, BatchesResult>> addParallel(Map<UUID, List<RecordBatch>> batches,
            WriteOptions options) {
        if (options.idempotencyKey() != null) {
            throw ForebayException.invalid("one idempotency key cannot be that of several batches");
        }
        return ParallelWrites.start(batches, (collection, batch) -> write(collection, batch, options),
                store.threads.queries(), ParallelWrites.BYTES_MAX);
    }

    /**
     * Removes by ids and filter; the answer's {@code records} is how many existed and were removed by this call: of
     * several at once one counts a record.
     */
    public CompletableFuture<WriteAck> delete(UUID collection, DeleteRequest request, WriteOptions options) {
        return with(collection, runtime -> store.deletes.delete(runtime, request, options));
    }

    public CompletableFuture<Integer> count(UUID collection, ReadOptions options) {
        return with(collection, runtime -> store.reads.count(runtime, options));
    }

    /** How many records are among the ids (if given) and match the filter (if given). */
    public CompletableFuture<Long> count(UUID collection, @Nullable List<String> ids, @Nullable Where where,
            ReadOptions options) {
        return with(collection, runtime -> store.reads.count(runtime, ids, where, options));
    }

    public CompletableFuture<List<StoredRecord>> get(UUID collection, GetRequest request,
            ReadOptions options) {
        return with(collection, runtime -> store.reads.get(runtime, request, options));
    }

    /** One list of hits for each embedding of the request, nearest first. */
    public CompletableFuture<List<List<Hit>>> query(UUID collection, QueryRequest request,
            ReadOptions options) {
        return with(collection, runtime -> store.reads.query(runtime, request, options));
    }

    /** One list of hits for each search, in its order; all of them see the same records. */
    public CompletableFuture<List<List<SearchHit>>> search(UUID collection, List<SearchRequest> searches,
            ReadOptions options) {
        return with(collection, runtime -> store.searches.search(runtime, searches, options));
    }

    // ---- dead letters ----

    /** Entries of the log that could not be applied and were set aside, in order of their seqIds. */
    public CompletableFuture<List<DeadLetter>> deadLetters(UUID collection, int offset, int limit) {
        return with(collection, runtime -> store.letters.list(runtime, offset, limit));
    }

    /**
     * Writes a dead letter's batch again, at the end of the log: it takes effect there, over what was written since. The
     * letter goes when that is applied; when it is set aside again there is a new letter. At most once, however often
     * it is asked for. NOT_FOUND.
     */
    public CompletableFuture<WriteAck> retryDeadLetter(UUID collection, long minSeqId, WriteOptions options) {
        return with(collection, runtime -> store.letters.retry(runtime, minSeqId, options));
    }

    /** All that there are, in their order, with the answer to each. */
    public CompletableFuture<List<WriteAck>> retryDeadLetters(UUID collection, WriteOptions options) {
        return with(collection, runtime -> store.letters.retryAll(runtime, options));
    }

    /** Gives up what a dead letter holds. NOT_FOUND. */
    public CompletableFuture<Void> discardDeadLetter(UUID collection, long minSeqId) {
        return with(collection, runtime -> store.letters.discard(runtime, minSeqId));
    }

    /** All that there are; answers how many. */
    public CompletableFuture<Integer> discardDeadLetters(UUID collection) {
        return with(collection, runtime -> store.letters.discardAll(runtime));
    }

    // ---- changes ----

    /**
     * Follows the operations of a collection in the order of the log, from this seqId on (null: what is written from now
     * on), as long as the log keeps them. Close it when done.
     *
     * @throws PurgedException  when the log does not keep them from there on
     * @throws ForebayException NOT_FOUND
     */
    public ChangeFeed changes(UUID collection, @Nullable Long fromSeqId) {
        return ChangeFeed.open(store.wal, store.catalog.collection(collection), fromSeqId);
    }

    // ---- lag, health ----

    public CollectionStatus status(UUID collection) {
        return store.catalog.collection(collection).status(store.wal::durableSeqId);
    }

    /** Of every collection, in no particular order. */
    public List<CollectionStatus> statuses() {
        List<CollectionStatus> all = new ArrayList<>();
        store.catalog.all().forEach(runtime -> all.add(runtime.status(store.wal::durableSeqId)));
        return all;
    }

    /** Null when there is no collection of this number. */
    public @Nullable CollectionStatus status(int number) {
        CollectionRuntime runtime = store.catalog.byNumber(number);
        return runtime == null ? null : runtime.status(store.wal::durableSeqId);
    }

    /** Tells from now on which collections moved. */
    public MoveWatch watchMoves() {
        return new MoveWatch(store);
    }

    /** How fast what is in the log is applied, all collections together. */
    public Rate applyRate() {
        return new Rate(store.backlog.recordsPerSecond(), store.backlog.bytesPerSecond());
    }

    /** The end of the log. */
    public long lastSeqId() {
        return store.wal.lastSeqId();
    }

    /** Completes when everything acked before the call has reached this position. */
    public CompletableFuture<Void> flush(UUID collection, Position position) {
        return flush(collection, position, 0);
    }

    /**
     * The same, within so many milliseconds (0 for as long as it takes): then it fails with a
     * {@link io.forebay.model.NotReachedException}, as when the collection is dropped (NOT_FOUND) or the store is closed
     * (UNAVAILABLE) meanwhile.
     */
    public CompletableFuture<Void> flush(UUID collection, Position position, long timeoutMillis) {
        return with(collection, runtime -> {
            if (position == Position.LINKED && runtime.held.isUnopened()) {
                // Else it would wait for its turn.
                store.loading.ready(runtime, store.threads.queries());
            }
            return store.waits.flushed(runtime, position, timeoutMillis);
        });
    }

    /**
     * From now on these hold, until the store is closed; acks that are held back are given. A collection's own lag
     * policy and bounds go on to win.
     */
    public void pressure(PressureOptions changed) {
        store.pressure(changed);
    }

    /**
     * For whoever is about to read or make a batch: whether there is memory for it. {@link #write} looks by itself.
     *
     * @throws ForebayException BACKOFF, above the memory's watermark
     */
    public void checkMemory() {
        store.admission.checkMemory();
    }

    public Health health() {
        return StoreHealth.of(store);
    }

    /** Dropped collections of which something is left on disk. */
    public int removalsWaiting() {
        return store.removals.waiting();
    }

    public EngineStats stats() {
        return StoreHealth.stats(store);
    }

    /** Which collections hold back the purge of the log, as of the last checkpoint; most bytes first. */
    public List<LogPin> logPins() {
        return store.checkpointer.pins();
    }

    /** The files of the log, the oldest first, and what holds back the purge of each, as of the last checkpoint. */
    public List<LogExtent> logExtents() {
        return LogExtent.of(store);
    }

    /**
     * Gives the files of this moment second names in this directory, which must be on the same disk and empty: a store as
     * a crash would leave it. It waits for the disk; writers, readers and indexers go on. One at a time.
     *
     * @throws RuntimeException of whatever part failed; what was made so far is its caller's to remove
     */
    public Snapshot snapshot(Path staging, List<BackupPart> parts) {
        return new Snapshotting(store).take(staging, parts);
    }

    /** Where the store lies. */
    public Path directory() {
        return store.directory;
    }

    /** Unless the disk is below its reserve. */
    public void checkDisk() {
        WalException full = store.wal.diskFull();
        if (full != null) {
            throw Errors.ofLog(full);
        }
    }

    public ForebayOptions options() {
        return store.options;
    }

    /** Finishes what was appended (sync, apply as far as it goes quickly, checkpoint) and releases the directory. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            store.close();
        }
    }

    private <T> CompletableFuture<T> with(UUID id, Function<CollectionRuntime, CompletableFuture<T>> work) {
        CollectionRuntime runtime;
        try {
            runtime = store.catalog.collection(id);
        } catch (ForebayException unknown) {
            return CompletableFuture.failedFuture(unknown);
        }
        return work.apply(runtime);
    }

    private static <T> List<T> page(List<T> all, @Nullable Integer limit, int offset) {
        int from = Math.min(offset, all.size());
        int to = limit == null ? all.size() : (int) Math.min(all.size(), (long) from + limit);
        return all.subList(from, to);
    }
}
