package io.forebay.model;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads records in the order in which their ids were first inserted. Ids, filter, offset and limit are all optional
 * and all apply; ids that do not exist are skipped.
 *
 * @param limit null for no limit
 */
public record GetRequest(@Nullable List<String> ids, @Nullable Where where, @Nullable Integer limit,
        int offset,
        Set<Include> include) {
    public GetRequest {
        ids = ids == null ? null : List.copyOf(ids);
        include = Set.copyOf(include);
    }

    /** Everything about these ids, embeddings too. */
    public static GetRequest ofIds(String... ids) {
        return new GetRequest(List.of(ids), null, null, 0,
                EnumSet.of(Include.DOCUMENTS, Include.METADATAS, Include.EMBEDDINGS, Include.URIS));
    }

    /** The first records, with documents and metadata. */
    public static GetRequest first(int limit) {
        return new GetRequest(null, null, limit, 0, EnumSet.of(Include.DOCUMENTS, Include.METADATAS));
    }
}
