package io.forebay.server.http.route;

import io.forebay.engine.Forebay;
import io.forebay.model.ReadOptions;
import io.forebay.server.http.json.SearchDecoder;
import io.forebay.server.http.json.SearchEncoder;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Hybrid search: Chroma's {@code search}, which its own single node answers with 501. */
final class SearchRoutes {
    private final Forebay engine;

    SearchRoutes(Forebay engine) {
        this.engine = engine;
    }

    void addTo(List<Route> routes) {
        routes.add(Api.post(Api.COLLECTION + "/search", this::search));
    }

    private CompletableFuture<Response> search(Request request) {
        SearchDecoder.Searches body = request.json(SearchDecoder::searches);
        ReadOptions asked = Api.readOptions(request);
        ReadOptions options = body.readLevel() == null
                ? asked
                : new ReadOptions(body.readLevel(), asked.minSeqId(), asked.timeoutMillis());
        return engine.search(Api.collectionId(request), body.searches(), options).thenApply(
                answers -> Response.json(200,
                        out -> SearchEncoder.write(out, body.searches(), answers)));
    }
}
