package io.forebay.client;

import io.forebay.model.DeleteRequest;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.StoredRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Every operation as a request of Chroma's HTTP API. Bodies are made anew for each attempt, so that what waits for another
 * holds no memory but its batch.
 */
final class HttpTransport implements Transport {
    private final HttpCalls http;
    private final ClientThreads threads;
    private final ForebayClient.Encoding encoding;

    HttpTransport(ForebayClient.Builder settings, ClientThreads threads) {
        this.threads = threads;
        http = new HttpCalls(settings, threads);
        encoding = settings.encoding;
    }

    @Override
    public CompletableFuture<Answer> call(Call call) {
        return http.send(call);
    }

    @Override
    public CompletableFuture<Written> write(Routes.Records collection, RecordBatch batch,
            WriteSettings settings) {
        return http.send(Call.post(collection.write(batch.operation()), BatchBody.of(batch, encoding),
                settings.headers()))
                .thenApply(answer -> new Written(answer.seqId(), batch.size(), answer.replayed()));
    }

    @Override
    public CompletableFuture<Written> delete(Routes.Records collection, DeleteRequest request, Filter filter,
            WriteSettings settings) {
        return http.send(Call.post(collection.delete(), ReadBody.delete(request, filter), settings.headers()))
                .thenApply(answer -> new Written(answer.seqId(), Answers.deleted(answer),
                        answer.replayed()));
    }

    @Override
    public CompletableFuture<List<StoredRecord>> get(Routes.Records collection, GetRequest request,
            Filter filter, ReadOptions options) {
        return http.send(read(collection.get(), ReadBody.get(request, filter), options))
                .thenApply(answer -> RecordAnswers.get(answer.tell(options)));
    }

    @Override
    public CompletableFuture<RecordBatch> getBatch(Routes.Records collection, GetRequest request,
            Filter filter, ReadOptions options) {
        return get(collection, request, filter, options).thenApply(records -> {
            RecordBatchBuilder batch = RecordBatch.builder(Operation.UPDATE);
            records.forEach(one -> batch.record(one.id(), one.embedding(), one.document(), one.metadata(),
                    one.uri()));
            return batch.build();
        });
    }

    @Override
    public CompletableFuture<List<List<Hit>>> query(Routes.Records collection, QueryRequest request,
            Filter filter, ReadOptions options) {
        return http.send(queryCall(collection, request, filter, options))
                .thenApply(answer -> RecordAnswers.query(answer.tell(options)));
    }

    static Call queryCall(Routes.Records collection, QueryRequest request, Filter filter,
            ReadOptions options) {
        return read(collection.query(), ReadBody.query(request, filter), options);
    }

    @Override
    public CompletableFuture<Integer> count(Routes.Records collection, @Nullable List<String> ids,
            Filter filter, ReadOptions options) {
        boolean isAll = ids == null && filter.equals(Filter.NONE);
        Call call = isAll
                ? Call.get(leveled(collection.count(), options)).with(headers(options))
                : read(collection.count(), ReadBody.count(ids, filter), options);
        return http.send(call).thenApply(answer -> Answers.integer(answer.tell(options)));
    }

    @Override
    public CompletableFuture<Void> flush(Routes.Records collection, FlushPosition position,
            long timeoutMillis) {
        Map<String, String> headers = timeoutMillis == 0
                ? Map.of()
                : Map.of(HttpCalls.TIMEOUT_HEADER, Long.toString(timeoutMillis));
        return http.send(Call.post(collection.flush(position), null, headers).untimed())
                .thenApply(answer -> null);
    }

    @Override
    public CompletableFuture<Answer> lag() {
        return http.send(Call.get(Routes.LAG));
    }

    @Override
    public ChangeSource changes(Routes.Records collection, long fromSeqId) {
        return new HttpChanges(http.stream(collection.changes(fromSeqId), HttpChanges.CONTENT_TYPE), threads);
    }

    /** It completes on a worker. */
    @Override
    public <T> CompletableFuture<T> handOver(CompletableFuture<T> future) {
        return future;
    }

    @Override
    public void close() {
        threads.close();
    }

    private static Call read(String route, Body body, ReadOptions options) {
        return Call.post(leveled(route, options), body, headers(options));
    }

    private static String leveled(String route, ReadOptions options) {
        return options.level() == null
                ? route
                : route + "?read_level=" + options.level().wireName();
    }

    private static Map<String, String> headers(ReadOptions options) {
        Map<String, String> headers = new HashMap<>();
        if (options.minSeqId() > 0) {
            headers.put(HttpCalls.MIN_SEQ_ID_HEADER, Long.toString(options.minSeqId()));
        }
        if (options.timeoutMillis() > 0) {
            headers.put(HttpCalls.TIMEOUT_HEADER, Long.toString(options.timeoutMillis()));
        }
        return headers;
    }
}
