package io.forebay.client.dataset;

import io.forebay.model.MetadataValue;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One record of a file. */
@SuppressWarnings("ArrayRecordComponent")
public record SourceRecord(long position, String id, float @Nullable [] embedding, @Nullable String document,
        @Nullable Map<String, MetadataValue> metadata, @Nullable String uri) {}
