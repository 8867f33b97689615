package io.forebay.client;

import io.forebay.model.DeleteRequest;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.ReadPosition;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Operations on a collection that see each other, on whatever connection and read level: every read waits for the writes of
 * this session that were acknowledged before it (read your writes), and never shows an older state than an earlier read of it
 * did (monotonic reads). It holds one number, {@link #seqId}, which may be carried to another session, process or machine.
 *
 * <pre>{@code
 * Session session = peps.session();
 * session.write(batch);
 * session.count(ReadOptions.of(ReadLevel.INDEX_ONLY));    // has the batch, though this level waits for nothing else
 * Session elsewhere = other.session(session.seqId());     // sees at least as much
 * }</pre>
 *
 * <p>Threads: any number; what one of them has seen, all see.
 */
public final class Session {
    private final CollectionClient collection;
    private final AtomicLong seen;

    Session(CollectionClient collection, long seqId) {
        this.collection = collection;
        this.seen = new AtomicLong(Math.max(0, seqId));
    }

    public CollectionClient collection() {
        return collection;
    }

    /** The highest that this session has written or read. */
    public long seqId() {
        return seen.get();
    }

    /** From now on reads see at least everything up to this; a lower one changes nothing. */
    public void advanceTo(long seqId) {
        seen.accumulateAndGet(seqId, Math::max);
    }

    public Written write(RecordBatch batch) {
        return write(batch, WriteSettings.DEFAULT);
    }

    public Written write(RecordBatch batch, WriteSettings settings) {
        return learn(collection.write(batch, settings));
    }

    public CompletableFuture<Written> writeAsync(RecordBatch batch, WriteSettings settings) {
        return collection.writeAsync(batch, settings).thenApply(this::learn);
    }

    public Written delete(DeleteRequest request, Filter filter, WriteSettings settings) {
        return learn(collection.delete(request, filter, settings));
    }

    public CompletableFuture<Written> deleteAsync(DeleteRequest request, Filter filter,
            WriteSettings settings) {
        return collection.deleteAsync(request, filter, settings).thenApply(this::learn);
    }

    public int count() {
        return count(ReadOptions.DEFAULT);
    }

    public int count(ReadOptions options) {
        return collection.count(seeing(options));
    }

    public CompletableFuture<Integer> countAsync(ReadOptions options) {
        return collection.countAsync(seeing(options));
    }

    public int countMatching(@Nullable List<String> ids, Filter filter, ReadOptions options) {
        return collection.countMatching(ids, filter, seeing(options));
    }

    public List<StoredRecord> get(GetRequest request) {
        return get(request, Filter.NONE, ReadOptions.DEFAULT);
    }

    public List<StoredRecord> get(GetRequest request, Filter filter, ReadOptions options) {
        return collection.get(request, filter, seeing(options));
    }

    public CompletableFuture<List<StoredRecord>> getAsync(GetRequest request, Filter filter,
            ReadOptions options) {
        return collection.getAsync(request, filter, seeing(options));
    }

    public List<List<Hit>> query(QueryRequest request) {
        return query(request, Filter.NONE, ReadOptions.DEFAULT);
    }

    public List<List<Hit>> query(QueryRequest request, Filter filter, ReadOptions options) {
        return collection.query(request, filter, seeing(options));
    }

    public CompletableFuture<List<List<Hit>>> queryAsync(QueryRequest request, Filter filter,
            ReadOptions options) {
        return collection.queryAsync(request, filter, seeing(options));
    }

    private Written learn(Written written) {
        advanceTo(written.maxSeqId());
        return written;
    }

    /** At least what was seen, and tells what it shows; whom the caller named is told too. */
    private ReadOptions seeing(ReadOptions options) {
        Consumer<ReadPosition> also = options.position();
        return options.withMinSeqId(Math.max(options.minSeqId(), seen.get())).tellingPosition(position -> {
            advanceTo(position.appliedSeqId());
            if (also != null) {
                also.accept(position);
            }
        });
    }
}
