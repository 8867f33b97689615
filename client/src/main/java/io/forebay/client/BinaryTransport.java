package io.forebay.client;

import io.forebay.model.DeleteRequest;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Every operation as a frame of the binary protocol (docs/binary-protocol.md). A batch is sent as it is; what has no
 * frame of its own goes as CALL.
 *
 * <p>Threads: futures complete on the reader of a connection, so what is hung on them here is short; decoding records
 * is left to whoever looks at them ({@link WireAnswers}).
 */
final class BinaryTransport implements Transport {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final WirePool pool;
    private final ClientThreads threads;
    private final long timeoutNanos;

    BinaryTransport(WireSettings settings, ClientThreads threads) {
        this.threads = threads;
        pool = new WirePool(settings, threads);
        timeoutNanos = settings.requestTimeout().toNanos();
    }

    @Override
    public CompletableFuture<Answer> call(Call call) {
        Body body = call.body();
        ByteBuffer payload = body == null ? NOTHING : ByteBuffer.wrap(body.bytes(), 0, body.length());
        WireRequest request = WireRequest.of(FrameType.CALL, FrameHeader.NONE,
                WireHeads.call(call, body != null), payload, call.isTimed() ? timeoutNanos : 0);
        return send(request, answer -> WireAnswers.called(call.path(), answer));
    }

    @Override
    public CompletableFuture<Written> write(Routes.Records collection, RecordBatch batch,
            WriteSettings settings) {
        Fields head = WireHeads.settings(new Fields(), settings);
        return send(WireRequest.of(FrameType.WRITE, collection.id(), head, batch.encoded(), timeoutNanos),
                WireAnswers::written);
    }

    @Override
    public CompletableFuture<Written> delete(Routes.Records collection, DeleteRequest request, Filter filter,
            WriteSettings settings) {
        Fields head = WireHeads.selection(new Fields(), request.ids(), request.where(), filter);
        if (request.limit() != null) {
            head.put("limit", request.limit());
        }
        return send(FrameType.DELETE, collection.id(), WireHeads.settings(head, settings),
                WireAnswers::written);
    }

    @Override
    public CompletableFuture<List<StoredRecord>> get(Routes.Records collection, GetRequest request,
            Filter filter, ReadOptions options) {
        return send(FrameType.GET, collection.id(), WireHeads.get(request, filter, options), answer -> {
            WireAnswers.tell(answer, options);
            return WireAnswers.records(answer, "GET");
        });
    }

    @Override
    public CompletableFuture<RecordBatch> getBatch(Routes.Records collection, GetRequest request,
            Filter filter, ReadOptions options) {
        return send(FrameType.GET, collection.id(), WireHeads.get(request, filter, options), answer -> {
            WireAnswers.tell(answer, options);
            return WireAnswers.batch(answer, "GET");
        });
    }

    @Override
    public CompletableFuture<List<List<Hit>>> query(Routes.Records collection, QueryRequest request,
            Filter filter, ReadOptions options) {
        ByteBuffer embeddings = WireHeads.embeddings(request.embeddings());
        if (embeddings == null) {
            // The server says what is wrong with them.
            return call(HttpTransport.queryCall(collection, request, filter, options))
                    .thenApply(answer -> RecordAnswers.query(answer.tell(options)));
        }
        return send(WireRequest.of(FrameType.QUERY, collection.id(),
                WireHeads.query(request, filter, options), embeddings, timeoutNanos), answer -> {
                    WireAnswers.tell(answer, options);
                    return WireAnswers.hits(answer, request);
                });
    }

    @Override
    public CompletableFuture<Integer> count(Routes.Records collection, @Nullable List<String> ids,
            Filter filter, ReadOptions options) {
        Fields head = WireHeads.options(WireHeads.selection(new Fields(), ids, null, filter), options);
        return send(FrameType.COUNT, collection.id(), head, answer -> {
            WireAnswers.tell(answer, options);
            return (int) answer.head().number("count", 0);
        });
    }

    @Override
    public CompletableFuture<Void> flush(Routes.Records collection, FlushPosition position,
            long timeoutMillis) {
        Fields head = new Fields().put("position", position.name().toLowerCase(Locale.ROOT));
        if (timeoutMillis > 0) {
            head.put("timeout_millis", timeoutMillis);
        }
        return send(WireRequest.of(FrameType.FLUSH, collection.id(), head, 0), answer -> null);
    }

    @Override
    public CompletableFuture<Answer> lag() {
        return send(FrameType.LAG, FrameHeader.NONE, new Fields(),
                answer -> new Answer(Routes.LAG, answer.payload(), Written.NO_SEQ_ID, false, null));
    }

    @Override
    public ChangeSource changes(Routes.Records collection, long fromSeqId) {
        return new WireFeed(pool, collection.id(), fromSeqId).begin();
    }

    @Override
    public <T> CompletableFuture<T> handOver(CompletableFuture<T> future) {
        return threads.handOver(future);
    }

    @Override
    public void close() {
        pool.close();
        threads.close();
    }

    private <T> CompletableFuture<T> send(FrameType type, UUID collection, Fields head,
            Function<WireAnswer, T> decoder) {
        return send(WireRequest.of(type, collection, head, timeoutNanos), decoder);
    }

    private <T> CompletableFuture<T> send(WireRequest request, Function<WireAnswer, T> decoder) {
        pool.send(request);
        return request.answer.thenApply(decoder);
    }
}
