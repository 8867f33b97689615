package io.forebay.server.http.route;

import io.forebay.etl.embed.Embedded;
import io.forebay.etl.embed.EmbeddingConnection;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.server.auth.Role;
import io.forebay.server.http.json.EmbedDecoder;
import io.forebay.server.http.json.EmbedEncoder;
import io.forebay.server.http.stream.FeedSlots;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Vectors for the texts of a query, made by the connections of imports. The local model is for everybody who may read; the
 * others may cost money, and are for who may write.
 */
final class EmbedRoutes {
    /** One may wait for a service for minutes, and jobs are asked for on the same threads. */
    private static final int AT_ONCE_MAX = 2;

    private final ImportApi api;
    private final FeedSlots slots = new FeedSlots(AT_ONCE_MAX, "calls of embed", "embed", "embed");

    EmbedRoutes(ImportApi api) {
        this.api = api;
    }

    void addTo(List<Route> routes) {
        routes.add(Api.post("/api/forebay/embed", this::embed).needs(Access.READ_FILTERED));
        routes.add(Api.get("/api/etl/connections", request -> api.answer(
                () -> Response.json(200, out -> EmbedEncoder.connections(out, api.imports().connections()))))
                .needs(Access.READ_FILTERED));
    }

    private CompletableFuture<Response> embed(Request request) {
        api.isOn();
        EmbedDecoder.Embed asked = request.json(EmbedDecoder::embed);
        List<EmbeddingConnection> known = api.imports().connections();
        boolean local = known.stream().anyMatch(one -> one.kind() == EmbeddingConnection.Kind.LOCAL
                && (asked.connection() == null
                        ? one == known.getFirst()
                        : one.name().equals(asked.connection())));
        if (!local && !request.who().role().covers(Role.WRITE)) {
            throw new ForebayException(ErrorCode.PERMISSION_DENIED, "Token '" + request.who().id()
                    + "' may ask the local model only: an embedding service may cost money, and takes the role "
                    + Role.WRITE.text());
        }
        slots.take();
        try {
            return api.answer(() -> {
                Embedded made = api.imports().embed(asked.connection(), asked.texts(), request.trace());
                return Response.json(200, out -> EmbedEncoder.write(out, made));
            }).whenComplete((answer, failure) -> slots.give());
        } catch (RuntimeException refused) {
            slots.give();
            throw refused;
        }
    }
}
