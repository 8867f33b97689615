package io.forebay.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A record as it is read: fields that were not asked for, or that the record does not have, are null. */
public record StoredRecord(String id, float @Nullable [] embedding,
        @Nullable Map<String, MetadataValue> metadata,
        @Nullable String document, @Nullable String uri) {}
