package io.forebay.client;

import io.forebay.model.ForebayException;
import org.jspecify.annotations.Nullable;

/**
 * Filters as raw JSON in Chroma's language, for what {@link io.forebay.model.Where} does not say or a user
 * typed. They apply together with the request's own filter.
 *
 * <pre>{@code Filter.where("{\"pep\": {\"$gte\": 600}}").andDocument("{\"$contains\": \"typing\"}")}</pre>
 */
public record Filter(@Nullable String whereJson, @Nullable String whereDocumentJson) {
    public static final Filter NONE = new Filter(null, null);

    /** @throws ForebayException (INVALID_ARGUMENT) for what is not one JSON value */
    public Filter {
        JsonText.check(whereJson, "where");
        JsonText.check(whereDocumentJson, "where_document");
    }

    public static Filter where(String json) {
        return new Filter(json, null);
    }

    public static Filter document(String json) {
        return new Filter(null, json);
    }

    public Filter andDocument(String json) {
        return new Filter(whereJson, json);
    }
}
