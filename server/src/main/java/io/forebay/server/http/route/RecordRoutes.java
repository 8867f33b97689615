package io.forebay.server.http.route;

import io.forebay.engine.Forebay;
import io.forebay.engine.WriteOptions;
import io.forebay.model.DeleteRequest;
import io.forebay.model.Durability;
import io.forebay.model.Operation;
import io.forebay.model.ReadOptions;
import io.forebay.model.ReadPlan;
import io.forebay.model.ReadPosition;
import io.forebay.model.ReadTimes;
import io.forebay.model.RecordBatch;
import io.forebay.model.Where;
import io.forebay.model.WriteAck;
import io.forebay.server.http.json.BatchDecoder;
import io.forebay.server.http.json.Json;
import io.forebay.server.http.json.ReadDecoder;
import io.forebay.server.http.json.RecordsEncoder;
import io.forebay.server.http.json.SchemaRules;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Records: the body is decoded and checked first, then the collection is looked for, as Chroma does. */
final class RecordRoutes {
    private static final String AS_OF = "as_of";

    private final Forebay engine;
    private final CommitRoutes commits;

    RecordRoutes(Forebay engine, CommitRoutes commits) {
        this.engine = engine;
        this.commits = commits;
    }

    void addTo(List<Route> routes) {
        routes.add(Api.post(Api.COLLECTION + "/add", r -> write(r, Operation.ADD, 201)).needs(Access.WRITE)
                .keepingNoBody());
        routes.add(Api.post(Api.COLLECTION + "/upsert", r -> write(r, Operation.UPSERT, 200))
                .needs(Access.WRITE).keepingNoBody());
        routes.add(Api.post(Api.COLLECTION + "/update", r -> write(r, Operation.UPDATE, 200))
                .needs(Access.WRITE).keepingNoBody());
        routes.add(Api.post(Api.COLLECTION + "/delete", this::delete).needs(Access.WRITE));
        routes.add(Api.post(Api.COLLECTION + "/get", this::get).needs(Access.READ));
        routes.add(Api.post(Api.COLLECTION + "/query", this::query).needs(Access.READ));
        routes.add(Api.post(Api.COLLECTION + "/count", this::countMatching).needs(Access.READ));
        routes.add(Api.get(Api.COLLECTION + "/count", this::count).needs(Access.READ));
    }

    /** When it returns, the batch is in the log or refused. */
    private CompletableFuture<Response> write(Request request, Operation operation, int status) {
        RecordBatch batch = request.json(in -> BatchDecoder.decode(in, operation));
        request.notes().put("records", batch.size());
        return engine.write(Api.collectionId(request), batch, writeOptions(request))
                .thenApply(ack -> acked(Response.json(status, out -> {
                    out.writeStartObject();
                    out.writeEndObject();
                }), ack));
    }

    private CompletableFuture<Response> delete(Request request) {
        // An array, because a decoder gives no null: a body that names nothing deletes nothing.
        DeleteRequest[] delete = request.json(in -> new DeleteRequest[]{ReadDecoder.delete(in)});
        UUID collection = Api.collectionId(request);
        WriteOptions options = writeOptions(request);
        checkFilter(collection, delete[0] == null ? null : delete[0].where());
        if (delete[0] == null && options.idempotencyKey() == null) {
            engine.collection(collection);
            return CompletableFuture.completedFuture(Response.json(200, deleted(0)));
        }
        CompletableFuture<WriteAck> removed = delete[0] == null
                ? engine.write(collection, RecordBatch.builder(Operation.DELETE).build(), options)
                : engine.delete(collection, delete[0], options);
        return removed
                .thenApply(ack -> acked(Response.json(200, deleted(ack.records())), ack));
    }

    private CompletableFuture<Response> get(Request request) {
        ReadDecoder.Get get = request.json(ReadDecoder::get);
        String commit = request.params().text(AS_OF);
        if (commit != null) {
            return commits.get(request, get, commit);
        }
        UUID collection = Api.collectionId(request);
        checkFilter(collection, get.request().where());
        return answered(request, options -> engine.get(collection, get.request(), options),
                records -> Response.json(200, out -> RecordsEncoder.get(out, records, get.include())));
    }

    CompletableFuture<Response> query(Request request) {
        ReadDecoder.Query query = request.json(ReadDecoder::query);
        request.notes().put("queries", query.request().embeddings().size());
        request.notes().put("n_results", query.request().nResults());
        UUID collection = Api.collectionId(request);
        checkFilter(collection, query.request().where());
        return answered(request, options -> engine.query(collection, query.request(), options),
                hits -> Response.json(200, out -> RecordsEncoder.query(out, hits, query.include())));
    }

    /** Refuses what the collection's schema leaves without an index. */
    private void checkFilter(UUID collection, @Nullable Where filter) {
        checkFilter(engine, collection, filter);
    }

    static void checkFilter(Forebay engine, UUID collection, @Nullable Where filter) {
        if (filter != null) {
            SchemaRules.check(filter, engine.collection(collection).config().schemaJson());
        }
    }

    private CompletableFuture<Response> count(Request request) {
        UUID collection = Api.collectionId(request);
        return answered(request, options -> engine.count(collection, options),
                count -> Response.json(200, out -> out.writeNumber(count)));
    }

    /** Not in Chroma's protocol: how many match, without reading them. */
    private CompletableFuture<Response> countMatching(Request request) {
        ReadDecoder.Filter filter = request.json(ReadDecoder::count);
        UUID collection = Api.collectionId(request);
        checkFilter(collection, filter.where());
        return answered(request, options -> engine.count(collection, filter.ids(), filter.where(), options),
                count -> Response.json(200, out -> out.writeNumber(count)));
    }

    /**
     * A read at the level and from the position that the request names. The answer's headers tell which state it
     * shows, where the time went and, where ids or a filter were evaluated, how.
     */
    static <T> CompletableFuture<Response> answered(Request request,
            Function<ReadOptions, CompletableFuture<T>> read, Function<T, Response> answer) {
        ReadPlan[] plan = new ReadPlan[1];
        ReadPosition[] position = new ReadPosition[1];
        ReadTimes times = new ReadTimes();
        ReadOptions options = Api.readOptions(request).tellingPlan(told -> plan[0] = told)
                .tellingPosition(told -> position[0] = told).tellingTimes(times);
        return read.apply(options).thenApply(found -> {
            Response response = answer.apply(found).with(Api.TIMING, times.text());
            if (plan[0] != null) {
                response = response.with(Api.PLAN, plan[0].text());
            }
            return position[0] == null
                    ? response
                    : response.with(Api.APPLIED_SEQ_ID, Long.toString(position[0].appliedSeqId()))
                            .with(Api.LINKED_SEQ_ID, Long.toString(position[0].linkedSeqId()));
        });
    }

    static WriteOptions writeOptions(Request request) {
        String durability = request.header(Api.DURABILITY);
        return new WriteOptions(durability == null ? null : Durability.parse(durability),
                request.header(Api.IDEMPOTENCY_KEY));
    }

    static Response acked(Response response, WriteAck ack) {
        Response told = response.with(Api.SEQ_ID, Long.toString(ack.maxSeqId()))
                .with(Api.DURABILITY, ack.durability().wireName());
        return ack.replayed() ? told.with(Api.REPLAYED, "true") : told;
    }

    private static Json.Encoder deleted(int records) {
        return out -> {
            out.writeStartObject();
            out.writeNumberField("deleted", records);
            out.writeEndObject();
        };
    }
}
