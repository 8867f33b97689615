package io.forebay.server.binary;

import io.forebay.engine.Forebay;
import io.forebay.engine.Position;
import io.forebay.engine.WriteOptions;
import io.forebay.model.DeleteRequest;
import io.forebay.model.Durability;
import io.forebay.model.Floats;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.Include;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.ReadPlan;
import io.forebay.model.ReadPosition;
import io.forebay.model.ReadTimes;
import io.forebay.model.RecordBatch;
import io.forebay.model.Where;
import io.forebay.model.WriteAck;
import io.forebay.model.wire.Fields;
import io.forebay.server.http.json.ReadDecoder;
import io.forebay.server.http.json.SchemaRules;
import io.forebay.server.http.route.Api;
import io.netty.buffer.ByteBuf;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The operations on records that have frames of their own.
 *
 * <p>Threads: called on event loops, answers on threads of the engine. When a method returns, the frame's bytes are not
 * looked at any more: a batch is in the log or refused.
 *
 * <p>Failure: what a client can mend is thrown or comes as a future that failed, as {@link ForebayException}.
 */
final class Operations {
    private static final int RESULTS_DEFAULT = 10;
    private static final List<String> INCLUDE_DEFAULT = List.of("documents", "metadatas");

    private final Forebay engine;

    Operations(Forebay engine) {
        this.engine = engine;
    }

    CompletableFuture<Reply> write(UUID collection, Fields head, ByteBuf payload) {
        RecordBatch batch = RecordBatch.ofClient(payload.nioBuffer());
        return engine.write(collection, batch, writeOptions(head)).thenApply(Operations::acked);
    }

    CompletableFuture<Reply> delete(UUID collection, Fields head) {
        Where where = filter(collection, head);
        List<String> ids = head.texts("ids");
        if (ids == null && where == null) {
            throw ForebayException
                    .invalid("Validation error: ids, where: Either ids or where must be specified");
        }
        DeleteRequest request = new DeleteRequest(ids, where, count(head, "limit"));
        return engine.delete(collection, request, writeOptions(head)).thenApply(Operations::acked);
    }

    private static Reply acked(WriteAck ack) {
        Fields head = new Fields().put("min_seq_id", ack.minSeqId()).put("max_seq_id", ack.maxSeqId())
                .put("records", ack.records()).put("durability", ack.durability().wireName());
        return Reply.of(ack.replayed() ? head.put("replayed", true) : head);
    }

    CompletableFuture<Reply> get(UUID collection, Fields head) {
        Integer offset = count(head, "offset");
        GetRequest request = new GetRequest(head.texts("ids"), filter(collection, head), count(head, "limit"),
                offset == null ? 0 : offset, include(head));
        return read(head, options -> engine.get(collection, request, options),
                (records, seen) -> Reply.of(seen.put("count", records.size()), 256 + 64 * records.size(),
                        out -> RecordsOut.write(records, out)));
    }

    CompletableFuture<Reply> query(UUID collection, Fields head, ByteBuf payload) {
        Integer results = count(head, "n_results");
        Integer width = count(head, "ef_search");
        ReadDecoder.checkWidth(width);
        QueryRequest request = new QueryRequest(embeddings(head, payload),
                results == null ? RESULTS_DEFAULT : results, head.texts("ids"), filter(collection, head),
                include(head), width == null ? 0 : width);
        return read(head, options -> engine.query(collection, request, options), Operations::hits);
    }

    private static Reply hits(List<List<Hit>> all, Fields seen) {
        List<Long> counts = new ArrayList<>(all.size());
        int total = 0;
        for (List<Hit> hits : all) {
            counts.add((long) hits.size());
            total += hits.size();
        }
        return Reply.of(seen.putNumbers("counts", counts), 256 + 64 * total, out -> {
            int start = out.writerIndex();
            for (List<Hit> hits : all) {
                for (Hit hit : hits) {
                    out.writeFloatLE(hit.distance());
                }
            }
            out.writeZero(-(out.writerIndex() - start) & 7);
            RecordsOut.writeHits(all, out);
        });
    }

    private static List<float[]> embeddings(Fields head, ByteBuf payload) {
        long count = head.number("embeddings", 1);
        int bytes = payload.readableBytes();
        if (count < 1 || count > bytes / 4 || bytes % (4 * count) != 0) {
            throw ForebayException.invalid("The payload of a query must be " + count
                    + " embeddings (field embeddings) of float32, and has " + bytes + " bytes");
        }
        FloatBuffer floats = payload.nioBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        List<float[]> embeddings = new ArrayList<>((int) count);
        for (long i = 0; i < count; i++) {
            float[] embedding = new float[(int) (bytes / (4 * count))];
            floats.get(embedding);
            if (!Floats.allFinite(embedding, 0, embedding.length)) {
                throw ForebayException.invalid(
                        "Validation error: query_embeddings: Embeddings must not contain NaN or Infinity values");
            }
            embeddings.add(embedding);
        }
        return embeddings;
    }

    CompletableFuture<Reply> count(UUID collection, Fields head) {
        List<String> ids = head.texts("ids");
        Where where = filter(collection, head);
        if (ids == null && where == null) {
            return read(head, options -> engine.count(collection, options),
                    (count, seen) -> Reply.of(seen.put("count", count)));
        }
        return read(head, options -> engine.count(collection, ids, where, options),
                (count, seen) -> Reply.of(seen.put("count", count)));
    }

    CompletableFuture<Reply> flush(UUID collection, Fields head) {
        String named = head.text("position");
        Position position = named == null ? Position.LINKED : Position.parse(named, "field position");
        return engine.flush(collection, position, millis(head)).thenApply(done -> Reply.of(new Fields()));
    }

    // ---- what several have in common ----

    private static <T> CompletableFuture<Reply> read(Fields head,
            Function<ReadOptions, CompletableFuture<T>> read, BiFunction<T, Fields, Reply> answer) {
        String level = head.text("read_level");
        Fields seen = new Fields();
        ReadTimes times = new ReadTimes();
        ReadOptions options = new ReadOptions(
                level == null ? null : ReadLevel.parse(level, "field read_level"),
                head.number("min_seq_id", 0), millis(head), (ReadPlan plan) -> seen.put("plan", plan.text()),
                (ReadPosition position) -> seen.put("applied_seq_id", position.appliedSeqId())
                        .put("linked_seq_id", position.linkedSeqId()),
                times, null);
        return read.apply(options).thenApply(found -> answer.apply(found, seen.put("timing", times.text())));
    }

    private @Nullable Where filter(UUID collection, Fields head) {
        Where filter = ReadDecoder.filter(head.text("where"), head.text("where_document"));
        if (filter != null) {
            SchemaRules.check(filter, engine.collection(collection).config().schemaJson());
        }
        return filter;
    }

    private static WriteOptions writeOptions(Fields head) {
        String durability = head.text("durability");
        return new WriteOptions(durability == null ? null : Durability.parse(durability),
                head.text("idempotency_key"));
    }

    private static Set<Include> include(Fields head) {
        List<String> named = head.texts("include");
        Set<Include> include = EnumSet.noneOf(Include.class);
        for (String name : named == null ? INCLUDE_DEFAULT : named) {
            include.add(ReadDecoder.include(name));
        }
        return include;
    }

    private static long millis(Fields head) {
        long millis = head.number("timeout_millis", 0);
        if (millis < 0) {
            throw ForebayException.invalid("field timeout_millis must be from 0. Got: " + millis);
        }
        return Math.min(Api.TIMEOUT_MILLIS_MAX, millis);
    }

    /** From 0; null when it is not there. */
    private static @Nullable Integer count(Fields head, String name) {
        if (!head.has(name)) {
            return null;
        }
        long value = head.number(name, 0);
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw ForebayException
                    .invalid("field " + name + " must be from 0 to " + Integer.MAX_VALUE + ". Got: " + value);
        }
        return (int) value;
    }
}
