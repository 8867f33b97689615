package io.forebay.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Removes the records that are among the ids (if given) and match the filter (if given); at least one is given.
 *
 * @param limit at most so many, only with a filter; null for no limit
 */
public record DeleteRequest(@Nullable List<String> ids, @Nullable Where where, @Nullable Integer limit) {
    public DeleteRequest {
        ids = ids == null ? null : List.copyOf(ids);
    }

    public static DeleteRequest ofIds(String... ids) {
        return new DeleteRequest(List.of(ids), null, null);
    }
}
