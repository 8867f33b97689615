package io.forebay.model;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds, for each embedding, the nearest records among those that the ids and the filter allow.
 *
 * @param efSearch width of the graph search; 0 for the collection's own
 */
public record QueryRequest(List<float[]> embeddings, int nResults, @Nullable List<String> ids,
        @Nullable Where where, Set<Include> include, int efSearch) {
    public QueryRequest {
        embeddings = List.copyOf(embeddings);
        ids = ids == null ? null : List.copyOf(ids);
        include = Set.copyOf(include);
    }

    /** The nearest records of one embedding, with documents and metadata. */
    public static QueryRequest nearest(float[] embedding, int nResults) {
        return new QueryRequest(List.of(embedding), nResults, null, null,
                EnumSet.of(Include.DOCUMENTS, Include.METADATAS, Include.DISTANCES), 0);
    }

    public QueryRequest where(Where filter) {
        return new QueryRequest(embeddings, nResults, ids, filter, include, efSearch);
    }
}
