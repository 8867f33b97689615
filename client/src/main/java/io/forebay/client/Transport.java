package io.forebay.client;

import io.forebay.model.DeleteRequest;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What the fluent API needs of a way to a server. {@link HttpTransport} and {@link BinaryTransport} make one attempt each;
 * {@link Retrying} stands before either of them.
 *
 * <p>Threads: any number may call. Futures may complete on a thread that reads answers: only {@link #handOver} makes
 * one that callers may hang anything on.
 *
 * <p>Failure: with a {@link io.forebay.model.ForebayException}, or of one attempt with an {@link AttemptFailure}.
 */
interface Transport {
    CompletableFuture<Answer> call(Call call);

    CompletableFuture<Written> write(Routes.Records collection, RecordBatch batch, WriteSettings settings);

    CompletableFuture<Written> delete(Routes.Records collection, DeleteRequest request, Filter filter,
            WriteSettings settings);

    CompletableFuture<List<StoredRecord>> get(Routes.Records collection, GetRequest request, Filter filter,
            ReadOptions options);

    /** What {@link #get} answers as one batch, of whichever operation. */
    CompletableFuture<RecordBatch> getBatch(Routes.Records collection, GetRequest request, Filter filter,
            ReadOptions options);

    CompletableFuture<List<List<Hit>>> query(Routes.Records collection, QueryRequest request, Filter filter,
            ReadOptions options);

    /** Of all records when there are neither ids nor a filter. */
    CompletableFuture<Integer> count(Routes.Records collection, @Nullable List<String> ids, Filter filter,
            ReadOptions options);

    /** @param timeoutMillis 0 for as long as it takes */
    CompletableFuture<Void> flush(Routes.Records collection, FlushPosition position, long timeoutMillis);

    /** The server's JSON, of all collections. */
    CompletableFuture<Answer> lag();

    /**
     * Begins to follow; may wait for the server. Not for threads that must not wait.
     *
     * @throws AttemptFailure or {@link io.forebay.model.ForebayException}
     */
    ChangeSource changes(Routes.Records collection, long fromSeqId);

    <T> CompletableFuture<T> handOver(CompletableFuture<T> future);

    /** What is under way fails. */
    void close();
}
