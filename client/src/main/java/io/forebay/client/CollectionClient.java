package io.forebay.client;

import io.forebay.client.ForebayClient.Encoding;
import io.forebay.model.DeleteRequest;
import io.forebay.model.Durability;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The operations on one collection. See {@link ForebayClient} for an example.
 *
 * <p>Threads: as its client, any number.
 */
public final class CollectionClient {
    private final HttpTransport transport;
    private final Encoding encoding;
    private final CollectionDescription description;
    private final Routes database;
    private final Routes.Records routes;

    CollectionClient(HttpTransport transport, Routes routes, Encoding encoding,
            CollectionDescription description) {
        this.transport = transport;
        this.encoding = encoding;
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
        return Waiting.on(writeAsync(batch));
    }

    public Written write(RecordBatch batch, WriteSettings settings) {
        return Waiting.on(writeAsync(batch, settings));
    }

    public CompletableFuture<Written> writeAsync(RecordBatch batch) {
        return writeAsync(batch, WriteSettings.DEFAULT);
    }

    /** Acknowledged at this durability, whatever the server's own. */
    public CompletableFuture<Written> writeAsync(RecordBatch batch, Durability durability) {
        return writeAsync(batch, WriteSettings.DEFAULT.withDurability(durability));
    }

    public CompletableFuture<Written> writeAsync(RecordBatch batch, WriteSettings settings) {
        String route = switch (batch.operation()) {
            case ADD -> routes.add();
            case UPSERT -> routes.upsert();
            case UPDATE -> routes.update();
            case DELETE -> routes.delete();
        };
        return transport.send("POST", route, BatchBody.of(batch, encoding), settings.headers())
                .thenApply(answer -> new Written(answer.seqId(), batch.size(), answer.replayed()));
    }

    /** Removes by ids and filter; the answer says how many records went. */
    public Written delete(DeleteRequest request) {
        return delete(request, Filter.NONE);
    }

    public Written delete(DeleteRequest request, Filter filter) {
        return Waiting.on(deleteAsync(request, filter));
    }

    public Written delete(DeleteRequest request, Filter filter, WriteSettings settings) {
        return Waiting.on(deleteAsync(request, filter, settings));
    }

    public CompletableFuture<Written> deleteAsync(DeleteRequest request, Filter filter) {
        return deleteAsync(request, filter, WriteSettings.DEFAULT);
    }

    public CompletableFuture<Written> deleteAsync(DeleteRequest request, Filter filter,
            WriteSettings settings) {
        return transport.send("POST", routes.delete(), ReadBody.delete(request, filter), settings.headers())
                .thenApply(answer -> new Written(answer.seqId(), Answers.deleted(answer),
                        answer.replayed()));
    }

    /** Waits until everything that was acknowledged before has come this far. */
    public void flush(FlushPosition position) {
        Waiting.on(flushAsync(position));
    }

    public CompletableFuture<Void> flushAsync(FlushPosition position) {
        return flushAsync(position, 0);
    }

    /**
     * The same, within so many milliseconds on the server (0 for as long as it takes); then it fails with a
     * {@link io.forebay.model.NotReachedException}.
     */
    public void flush(FlushPosition position, long timeoutMillis) {
        Waiting.on(flushAsync(position, timeoutMillis));
    }

    public CompletableFuture<Void> flushAsync(FlushPosition position, long timeoutMillis) {
        Map<String, String> headers = timeoutMillis == 0
                ? Map.of()
                : Map.of(HttpTransport.TIMEOUT_HEADER, Long.toString(timeoutMillis));
        return transport.sendUntimed("POST", routes.flush(position), headers).thenApply(answer -> null);
    }

    // ---- reads ----
    //
    // Each takes ReadOptions: level, seqId to wait for, time limit, and who is told the position that the answer shows.
    // That position as the minSeqId of the next read makes reads monotonic across connections and restarts.

    public int count() {
        return Waiting.on(countAsync(ReadOptions.DEFAULT));
    }

    public int count(ReadOptions options) {
        return Waiting.on(countAsync(options));
    }

    public CompletableFuture<Integer> countAsync(ReadOptions options) {
        return transport.send("GET", leveled(routes.count(), options), null, headers(options))
                .thenApply(answer -> Answers.integer(answer.tell(options)));
    }

    /** How many records are among the ids (if given) and match the filter; none of them is read for it. */
    public int countMatching(@Nullable List<String> ids, Filter filter, ReadOptions options) {
        return Waiting.on(countMatchingAsync(ids, filter, options));
    }

    public CompletableFuture<Integer> countMatchingAsync(@Nullable List<String> ids, Filter filter,
            ReadOptions options) {
        return transport.send("POST", leveled(routes.count(), options), ReadBody.count(ids, filter),
                headers(options)).thenApply(answer -> Answers.integer(answer.tell(options)));
    }

    public List<StoredRecord> get(GetRequest request) {
        return get(request, Filter.NONE, ReadOptions.DEFAULT);
    }

    public List<StoredRecord> get(GetRequest request, Filter filter, ReadOptions options) {
        return Waiting.on(getAsync(request, filter, options));
    }

    public CompletableFuture<List<StoredRecord>> getAsync(GetRequest request, Filter filter,
            ReadOptions options) {
        return transport.send("POST", leveled(routes.get(), options), ReadBody.get(request, filter),
                headers(options)).thenApply(answer -> RecordAnswers.get(answer.tell(options)));
    }

    /** One list of hits for each embedding of the request, nearest first. */
    public List<List<Hit>> query(QueryRequest request) {
        return query(request, Filter.NONE, ReadOptions.DEFAULT);
    }

    public List<List<Hit>> query(QueryRequest request, Filter filter, ReadOptions options) {
        return Waiting.on(queryAsync(request, filter, options));
    }

    public CompletableFuture<List<List<Hit>>> queryAsync(QueryRequest request, Filter filter,
            ReadOptions options) {
        return transport.send("POST", leveled(routes.query(), options), ReadBody.query(request, filter),
                headers(options)).thenApply(answer -> RecordAnswers.query(answer.tell(options)));
    }

    /** How far indexing has come, in Chroma's own words. */
    public IndexingStatus indexingStatus() {
        return Waiting.on(indexingStatusAsync());
    }

    public CompletableFuture<IndexingStatus> indexingStatusAsync() {
        return transport.send("GET", routes.indexingStatus(), null).thenApply(Answers::indexingStatus);
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
        return transport.send("POST", routes.fork(), CollectionBody.fork(name))
                .thenApply(answer -> new CollectionClient(transport, database, encoding,
                        CollectionAnswers.one(answer)));
    }

    /** How many forks there are of the collection from which this one descends, or of itself. */
    public int forkCount() {
        return Waiting.on(forkCountAsync());
    }

    public CompletableFuture<Integer> forkCountAsync() {
        return transport.send("GET", routes.forkCount(), null)
                .thenApply(answer -> Answers.number(answer, "count"));
    }

    private static String leveled(String route, ReadOptions options) {
        return options.level() == null
                ? route
                : route + "?read_level=" + options.level().wireName();
    }

    private static Map<String, String> headers(ReadOptions options) {
        Map<String, String> headers = new HashMap<>();
        if (options.minSeqId() > 0) {
            headers.put(HttpTransport.MIN_SEQ_ID_HEADER, Long.toString(options.minSeqId()));
        }
        if (options.timeoutMillis() > 0) {
            headers.put(HttpTransport.TIMEOUT_HEADER, Long.toString(options.timeoutMillis()));
        }
        return headers;
    }
}
