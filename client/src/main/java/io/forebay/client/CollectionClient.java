package io.forebay.client;

import io.forebay.model.DeleteRequest;
import io.forebay.model.Durability;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The operations on one collection. See {@link ForebayClient} for an example.
 *
 * <p>Threads: as its client, any number.
 */
public final class CollectionClient {
    private final Transport transport;
    private final RetryPolicy policy;
    private final CollectionDescription description;
    private final Routes database;
    private final Routes.Records routes;

    CollectionClient(Transport transport, Routes routes, RetryPolicy policy,
            CollectionDescription description) {
        this.transport = transport;
        this.policy = policy;
        this.description = description;
        this.database = routes;
        this.routes = routes.records(description.id());
    }

    public UUID id() {
        return description.id();
    }

    public String name() {
        return description.name();
    }

    /** As it was when this handle was made. */
    public CollectionDescription description() {
        return description;
    }

    // ---- writes ----

    /** Adds, upserts, updates or deletes, as the batch's operation says; all of the batch or nothing. */
    public Written write(RecordBatch batch) {
        return write(batch, WriteSettings.DEFAULT);
    }

    public Written write(RecordBatch batch, WriteSettings settings) {
        return Waiting.on(transport.write(routes, batch, settings));
    }

    public CompletableFuture<Written> writeAsync(RecordBatch batch) {
        return writeAsync(batch, WriteSettings.DEFAULT);
    }

    /** Acknowledged at this durability, whatever the server's own. */
    public CompletableFuture<Written> writeAsync(RecordBatch batch, Durability durability) {
        return writeAsync(batch, WriteSettings.DEFAULT.withDurability(durability));
    }

    public CompletableFuture<Written> writeAsync(RecordBatch batch, WriteSettings settings) {
        return transport.handOver(transport.write(routes, batch, settings));
    }

    /** Removes by ids and filter; the answer says how many records went. */
    public Written delete(DeleteRequest request) {
        return delete(request, Filter.NONE);
    }

    public Written delete(DeleteRequest request, Filter filter) {
        return delete(request, filter, WriteSettings.DEFAULT);
    }

    public Written delete(DeleteRequest request, Filter filter, WriteSettings settings) {
        return Waiting.on(transport.delete(routes, request, filter, settings));
    }

    public CompletableFuture<Written> deleteAsync(DeleteRequest request, Filter filter) {
        return deleteAsync(request, filter, WriteSettings.DEFAULT);
    }

    public CompletableFuture<Written> deleteAsync(DeleteRequest request, Filter filter,
            WriteSettings settings) {
        return transport.handOver(transport.delete(routes, request, filter, settings));
    }

    /** Waits until everything that was acknowledged before has come this far. */
    public void flush(FlushPosition position) {
        flush(position, 0);
    }

    public CompletableFuture<Void> flushAsync(FlushPosition position) {
        return flushAsync(position, 0);
    }

    /**
     * The same, within so many milliseconds on the server (0 for as long as it takes); then it fails with a
     * {@link io.forebay.model.NotReachedException}.
     */
    public void flush(FlushPosition position, long timeoutMillis) {
        Waiting.on(transport.flush(routes, position, timeoutMillis));
    }

    public CompletableFuture<Void> flushAsync(FlushPosition position, long timeoutMillis) {
        return transport.handOver(transport.flush(routes, position, timeoutMillis));
    }

    // ---- reads ----
    //
    // Each takes ReadOptions: level, seqId to wait for, time limit, and who is told the position that the answer shows.
    // That position as the minSeqId of the next read makes reads monotonic across connections and restarts.

    public int count() {
        return count(ReadOptions.DEFAULT);
    }

    public int count(ReadOptions options) {
        return Waiting.on(transport.count(routes, null, Filter.NONE, options));
    }

    public CompletableFuture<Integer> countAsync(ReadOptions options) {
        return transport.handOver(transport.count(routes, null, Filter.NONE, options));
    }

    /** How many records are among the ids (if given) and match the filter; none of them is read for it. */
    public int countMatching(@Nullable List<String> ids, Filter filter, ReadOptions options) {
        return Waiting.on(transport.count(routes, ids, filter, options));
    }

    public CompletableFuture<Integer> countMatchingAsync(@Nullable List<String> ids, Filter filter,
            ReadOptions options) {
        return transport.handOver(transport.count(routes, ids, filter, options));
    }

    public List<StoredRecord> get(GetRequest request) {
        return get(request, Filter.NONE, ReadOptions.DEFAULT);
    }

    public List<StoredRecord> get(GetRequest request, Filter filter, ReadOptions options) {
        return Waiting.on(transport.get(routes, request, filter, options));
    }

    public CompletableFuture<List<StoredRecord>> getAsync(GetRequest request, Filter filter,
            ReadOptions options) {
        return transport.handOver(transport.get(routes, request, filter, options));
    }

    /**
     * The same as one batch in its binary form, for those who write the records elsewhere ({@link RecordBatch#as}): over the
     * binary protocol it is the answer as it came.
     */
    public CompletableFuture<RecordBatch> getBatchAsync(GetRequest request, Filter filter,
            ReadOptions options) {
        return transport.handOver(transport.getBatch(routes, request, filter, options));
    }

    /** One list of hits for each embedding of the request, nearest first. */
    public List<List<Hit>> query(QueryRequest request) {
        return query(request, Filter.NONE, ReadOptions.DEFAULT);
    }

    public List<List<Hit>> query(QueryRequest request, Filter filter, ReadOptions options) {
        return Waiting.on(transport.query(routes, request, filter, options));
    }

    public CompletableFuture<List<List<Hit>>> queryAsync(QueryRequest request, Filter filter,
            ReadOptions options) {
        return transport.handOver(transport.query(routes, request, filter, options));
    }

    /** Reads and writes of which each sees those before it. */
    public Session session() {
        return new Session(this, 0);
    }

    /** The same, from what another has seen ({@link Session#seqId}). */
    public Session session(long seqId) {
        return new Session(this, seqId);
    }

    // ---- changes ----

    /**
     * Follows the changes from this seqId on, as long as the log keeps them. Nothing is sent before the first is asked for.
     *
     * <pre>{@code
     * try (Changes changes = peps.changes(1)) {
     *     while (changes.hasNext()) {                       // waits
     *         Change change = changes.next();
     *         cache.apply(change.batch());
     *         position = change.maxSeqId() + 1;             // where to go on after a restart
     *     }
     * }
     * }</pre>
     */
    public Changes changes(long fromSeqId) {
        return new Changes(transport, routes, policy, fromSeqId);
    }

    /** What is written from now on. Asks the server where that is. */
    public Changes changes() {
        String id = description.id().toString();
        for (CollectionLag lag : Waiting.on(transport.lag().thenApply(LagAnswers::all))) {
            if (lag.id().equals(id)) {
                return changes(lag.ackedSeqId() + 1);
            }
        }
        throw ForebayException.notFound("Collection [" + id + "] does not exist.");
    }

    // ---- positions ----

    /** How far indexing has come, in Chroma's own words. */
    public IndexingStatus indexingStatus() {
        return Waiting.on(indexingStatusAsync());
    }

    public CompletableFuture<IndexingStatus> indexingStatusAsync() {
        return transport.handOver(transport.call(Call.get(routes.indexingStatus())))
                .thenApply(Answers::indexingStatus);
    }

    // ---- forks ----

    /**
     * A new collection in the same database that begins with all that this one has; from then on neither knows of the
     * other. ALREADY_EXISTS when the name is taken.
     */
    public CollectionClient fork(String name) {
        return Waiting.on(forkAsync(name));
    }

    public CompletableFuture<CollectionClient> forkAsync(String name) {
        return transport.handOver(transport.call(Call.once("POST", routes.fork(), CollectionBody.fork(name))))
                .thenApply(answer -> new CollectionClient(transport, database, policy,
                        CollectionAnswers.one(answer)));
    }

    /** How many forks there are of the collection from which this one descends, or of itself. */
    public int forkCount() {
        return Waiting.on(forkCountAsync());
    }

    public CompletableFuture<Integer> forkCountAsync() {
        return transport.handOver(transport.call(Call.get(routes.forkCount())))
                .thenApply(answer -> Answers.number(answer, "count"));
    }
}
