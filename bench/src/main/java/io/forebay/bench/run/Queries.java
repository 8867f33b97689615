package io.forebay.bench.run;

import io.forebay.model.Hit;
import io.forebay.model.QueryRequest;
import java.util.List;

/**
 * The one query that all targets are asked: documents, metadata and distances of the nearest, as Chroma's
 * default.
 */
final class Queries {
    private Queries() {}

    static QueryRequest request(float[] embedding, int count, int efSearch) {
        QueryRequest plain = QueryRequest.nearest(embedding, count);
        return new QueryRequest(plain.embeddings(), count, null, null, plain.include(), efSearch);
    }

    static List<String> ids(List<List<Hit>> answers) {
        return answers.getFirst().stream().map(hit -> hit.record().id()).toList();
    }
}
