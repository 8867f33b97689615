package io.forebay.server.http.route;

import io.forebay.engine.CollectionChange;
import io.forebay.engine.Forebay;
import io.forebay.model.CollectionInfo;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.server.http.json.CollectionDecoder;
import io.forebay.server.http.json.CollectionEncoder;
import io.forebay.server.http.json.NameDecoder;
import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Collections: made, read and removed by name, changed by id, as Chroma has it. */
final class CollectionRoutes {
    private static final String BAD_ID = "Validation error: collection_id: Invalid collection ID format,"
            + " expected UUID";

    private final Forebay engine;

    CollectionRoutes(Forebay engine) {
        this.engine = engine;
    }

    void addTo(List<Route> routes) {
        routes.add(Api.get(Api.COLLECTIONS, this::list).needs(Access.READ));
        routes.add(Api.post(Api.COLLECTIONS, this::create).needs(Access.WRITE)
                .audited("collection.create"));
        routes.add(Api.get(Api.DATABASE + "/collections_count", this::count).needs(Access.READ));
        routes.add(Api.get(Api.COLLECTIONS + "/by-id/{collection}", this::byId).needs(Access.READ));
        routes.add(Api.get(Api.COLLECTION_BY_NAME, this::byName).needs(Access.READ));
        routes.add(Api.of(HttpMethod.PUT, Api.COLLECTION, true, this::update).needs(Access.WRITE)
                .audited("collection.change"));
        routes.add(Api.of(HttpMethod.DELETE, Api.COLLECTION_BY_NAME, false, this::delete)
                .needs(Access.WRITE).audited("collection.drop"));
        routes.add(Api.get("/api/v2/collections/{crn}", this::byResourceName).needs(Access.READ));
        routes.add(Api.post(Api.COLLECTION + "/fork", this::fork).needs(Access.WRITE)
                .audited("collection.fork"));
        routes.add(Api.get(Api.COLLECTION + "/fork_count", this::forkCount).needs(Access.READ));
    }

    private CompletableFuture<Response> create(Request request) {
        CollectionDecoder.Create create = request.json(CollectionDecoder::create);
        request.notes().put("name", create.name());
        return engine.createCollection(request.variable("tenant"), request.variable("database"),
                create.name(), create.metadata(), create.config(), create.getOrCreate())
                .thenApply(made -> answer(engine, made));
    }

    private CompletableFuture<Response> list(Request request) {
        QueryParams params = request.params();
        Integer offset = params.u32("offset");
        List<CollectionInfo> collections = engine.collections(request.variable("tenant"),
                request.variable("database"), params.u32("limit"), offset == null ? 0 : offset);
        return CompletableFuture.completedFuture(
                Response.json(200,
                        out -> CollectionEncoder.writeAll(out, collections, engine::metadataKeys)));
    }

    private CompletableFuture<Response> count(Request request) {
        int count = engine.collectionCount(request.variable("tenant"), request.variable("database"));
        return CompletableFuture.completedFuture(Response.json(200, out -> out.writeNumber(count)));
    }

    private CompletableFuture<Response> byName(Request request) {
        return CompletableFuture.completedFuture(answer(engine, engine.collection(request.variable("tenant"),
                request.variable("database"), request.variable("name"))));
    }

    private CompletableFuture<Response> byId(Request request) {
        UUID id = Api.uuid(request.variable("collection"), BAD_ID);
        try {
            return CompletableFuture.completedFuture(answer(engine, engine.collection(id)));
        } catch (ForebayException e) {
            // Without the period that the record routes have.
            throw e.code() == ErrorCode.NOT_FOUND
                    ? ForebayException.notFound("Collection [" + id + "] does not exist")
                    : e;
        }
    }

    private CompletableFuture<Response> byResourceName(Request request) {
        return CompletableFuture
                .completedFuture(answer(engine, engine.collectionByResourceName(request.variable("crn"))));
    }

    private CompletableFuture<Response> fork(Request request) {
        UUID id = Api.collectionId(request);
        String name = request.json(NameDecoder::newName);
        request.notes().put("new_name", name);
        return engine.forkCollection(id, name)
                .thenApply(made -> answer(engine, made));
    }

    private CompletableFuture<Response> forkCount(Request request) {
        int count = engine.forkCount(Api.collectionId(request));
        return CompletableFuture.completedFuture(Response.json(200, out -> {
            out.writeStartObject();
            out.writeNumberField("count", count);
            out.writeEndObject();
        }));
    }

    private CompletableFuture<Response> update(Request request) {
        CollectionChange change = request.json(CollectionDecoder::change);
        return engine.updateCollection(Api.collectionId(request), change).thenApply(done -> Response.ok());
    }

    private CompletableFuture<Response> delete(Request request) {
        return engine.deleteCollection(request.variable("tenant"), request.variable("database"),
                request.variable("name")).thenApply(done -> Response.ok());
    }

    /** A collection as every route answers it. */
    static Response answer(Forebay engine, CollectionInfo collection) {
        return Response.json(200, out -> CollectionEncoder.write(out, collection,
                engine.metadataKeys(collection.id())));
    }
}
