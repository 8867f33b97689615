package io.forebay.client.dataset;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which fields of a line of JSON are what.
 *
 * @param embedding      the first of these that is there
 * @param metadata       an object of it; null for none
 * @param metadataFields fields of the line that are metadata, besides that object
 * @param otherMetadata  whether every field that is nothing else is metadata
 */
public record RecordFields(String id, List<String> embedding, String document, @Nullable String metadata,
        Set<String> metadataFields, boolean otherMetadata, String uri) {
    public static final RecordFields DEFAULT = new RecordFields("id", List.of("embedding", "vector"),
            "document",
            "metadata", Set.of(), false, "uri");

    public RecordFields {
        embedding = List.copyOf(embedding);
        metadataFields = Set.copyOf(metadataFields);
    }

    boolean isMetadata(String field) {
        return otherMetadata || metadataFields.contains(field);
    }
}
