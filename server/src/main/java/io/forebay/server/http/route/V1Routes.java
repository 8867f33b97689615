package io.forebay.server.http.route;

import io.forebay.engine.Forebay;
import io.forebay.engine.WriteOptions;
import io.forebay.model.Database;
import io.forebay.model.DeleteRequest;
import io.forebay.model.GetRequest;
import io.forebay.model.Operation;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import io.forebay.model.WriteAck;
import io.forebay.server.http.json.BatchDecoder;
import io.forebay.server.http.json.CollectionDecoder;
import io.forebay.server.http.json.ReadDecoder;
import io.forebay.server.http.json.SchemaRules;
import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * The six routes of Chroma's old interface that LangChain4j uses unless it is told otherwise, on the default tenant and
 * database, with the old answers: {@code true} for an add, the ids for a delete. Everything else of the old interface is
 * gone, as in Chroma.
 */
final class V1Routes {
    private static final String ROOT = "/api/v1";
    private static final String COLLECTIONS = ROOT + "/collections";
    private static final String BY_NAME = COLLECTIONS + "/{name}";
    private static final String BY_ID = COLLECTIONS + "/{collection}";
    private static final String GONE = "The v1 API is deprecated. Please use /v2 apis";
    /** POST is not among them: Chroma answers it with 405. */
    private static final List<HttpMethod> GONE_METHODS = List.of(HttpMethod.GET, HttpMethod.PUT,
            HttpMethod.PATCH, HttpMethod.DELETE, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final Forebay engine;
    private final RecordRoutes records;

    V1Routes(Forebay engine, RecordRoutes records) {
        this.engine = engine;
        this.records = records;
    }

    void addTo(List<Route> routes) {
        Map<String, List<Route>> alive = Map.of(
                COLLECTIONS, List.of(Api.post(COLLECTIONS, this::create).needs(Access.WRITE_DEFAULT)
                        .audited("collection.create")),
                BY_NAME, List.of(Api.get(BY_NAME, this::collection).needs(Access.READ_DEFAULT),
                        Api.of(HttpMethod.HEAD, BY_NAME, false, this::collection)
                                .needs(Access.READ_DEFAULT),
                        Api.of(HttpMethod.DELETE, BY_NAME, false, this::drop)
                                .needs(Access.WRITE_DEFAULT).audited("collection.drop")),
                BY_ID + "/add", List.of(Api.post(BY_ID + "/add", this::add).needs(Access.WRITE_DEFAULT)),
                BY_ID + "/query", List.of(Api.post(BY_ID + "/query", records::query)
                        .needs(Access.READ_DEFAULT)),
                BY_ID + "/delete", List.of(Api.post(BY_ID + "/delete", this::delete)
                        .needs(Access.WRITE_DEFAULT)),
                ROOT + "/{*}", List.of());
        alive.forEach((template, answered) -> {
            routes.addAll(answered);
            GONE_METHODS.stream()
                    .filter(method -> answered.stream().noneMatch(route -> route.method().equals(method)))
                    .forEach(method -> routes.add(Api.of(method, template, false, V1Routes::gone)
                            .needs(Access.OPEN)));
        });
    }

    private static CompletableFuture<Response> gone(Request request) {
        return CompletableFuture.completedFuture(ErrorAnswers.error(410, "Unimplemented", GONE));
    }

    private CompletableFuture<Response> create(Request request) {
        CollectionDecoder.Create create = request.json(CollectionDecoder::create);
        request.notes().put("name", create.name());
        return engine.createCollection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, create.name(),
                create.metadata(), create.config(), create.getOrCreate())
                .thenApply(made -> CollectionRoutes.answer(engine, made));
    }

    private CompletableFuture<Response> collection(Request request) {
        return CompletableFuture.completedFuture(CollectionRoutes.answer(engine, engine.collection(
                Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, request.variable("name"))));
    }

    private CompletableFuture<Response> drop(Request request) {
        return engine.deleteCollection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE,
                request.variable("name"))
                .thenApply(done -> Response.json(200, out -> out.writeNull()));
    }

    private CompletableFuture<Response> add(Request request) {
        RecordBatch batch = request.json(in -> BatchDecoder.decode(in, Operation.ADD));
        return engine.write(Api.collectionId(request), batch, RecordRoutes.writeOptions(request)).thenApply(
                ack -> RecordRoutes.acked(Response.json(201, out -> out.writeBoolean(true)), ack));
    }

    /** What matches is looked up first, because its ids are the answer; so no idempotency key has a meaning here. */
    private CompletableFuture<Response> delete(Request request) {
        DeleteRequest[] asked = request.json(in -> new DeleteRequest[]{ReadDecoder.delete(in)});
        UUID collection = Api.collectionId(request);
        String schema = engine.collection(collection).config().schemaJson();
        if (asked[0] == null) {
            return CompletableFuture.completedFuture(ids(List.of()));
        }
        SchemaRules.check(asked[0].where(), schema);
        WriteOptions options = new WriteOptions(RecordRoutes.writeOptions(request).durability(), null);
        GetRequest matching = new GetRequest(asked[0].ids(), asked[0].where(), asked[0].limit(), 0, Set.of());
        return engine.get(collection, matching, ReadOptions.of(ReadLevel.INDEX_AND_WAL))
                .thenCompose(found -> {
                    List<String> ids = found.stream().map(StoredRecord::id).toList();
                    CompletableFuture<WriteAck> deleted = engine.delete(collection,
                            new DeleteRequest(ids, null, null), options);
                    return deleted.thenApply(ack -> RecordRoutes.acked(ids(ids), ack));
                });
    }

    private static Response ids(List<String> ids) {
        return Response.json(200, out -> {
            out.writeStartArray();
            for (String id : ids) {
                out.writeString(id);
            }
            out.writeEndArray();
        });
    }
}
