package io.forebay.server.http.route;

import io.forebay.engine.Forebay;
import io.forebay.server.http.json.SearchDecoder;
import io.forebay.server.http.json.SearchEncoder;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Hybrid search: Chroma's {@code search}, which its own single node answers with 501. */
final class SearchRoutes {
    private final Forebay engine;

    SearchRoutes(Forebay engine) {
        this.engine = engine;
    }

    void addTo(List<Route> routes) {
        routes.add(Api.post(Api.COLLECTION + "/search", this::search).needs(Access.READ));
    }

    private CompletableFuture<Response> search(Request request) {
        SearchDecoder.Searches body = request.json(SearchDecoder::searches);
        request.notes().put("queries", body.searches().size());
        UUID collection = Api.collectionId(request);
        body.searches().forEach(search -> RecordRoutes.checkFilter(engine, collection, search.where()));
        return RecordRoutes.answered(request,
                asked -> engine.search(collection, body.searches(),
                        body.readLevel() == null ? asked : asked.at(body.readLevel())),
                answers -> Response.json(200, out -> SearchEncoder.write(out, body.searches(), answers)));
    }
}
