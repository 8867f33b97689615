package io.forebay.server.http.route;

import io.forebay.engine.Forebay;
import io.forebay.engine.Position;
import io.forebay.model.CollectionStatus;
import io.forebay.server.http.json.StatusEncoder;
import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** How far a collection's segments are behind the log, and waiting until they are not. */
final class LagRoutes {
    private final Forebay engine;

    LagRoutes(Forebay engine) {
        this.engine = engine;
    }

    void addTo(List<Route> routes) {
        routes.add(Api.get(Api.COLLECTION + "/indexing_status", this::indexingStatus).needs(Access.READ));
        routes.add(Api.of(HttpMethod.POST, Api.COLLECTION + "/flush", false, this::flush)
                .needs(Access.READ));
    }

    private CompletableFuture<Response> indexingStatus(Request request) {
        CollectionStatus status = engine.status(Api.collectionId(request));
        return CompletableFuture.completedFuture(
                Response.json(200, out -> StatusEncoder.indexing(out, status)));
    }

    private CompletableFuture<Response> flush(Request request) {
        UUID collection = Api.collectionId(request);
        String named = request.params().text("position");
        Position position = named == null
                ? Position.LINKED
                : Position.parse(named, "Failed to deserialize query string: position");
        CompletableFuture<Void> flushed = engine.flush(collection, position, Api.timeoutMillis(request));
        return flushed.thenApply(done -> {
            CollectionStatus status = engine.status(collection);
            return Response.json(200, out -> StatusEncoder.indexing(out, status));
        });
    }
}
