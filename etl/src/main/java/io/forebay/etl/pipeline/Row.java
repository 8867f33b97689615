package io.forebay.etl.pipeline;

import io.forebay.model.MetadataValue;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A document on its way to be a record. Belongs to one thread at a time. */
final class Row {
    final long ordinal;
    final long line;
    final @Nullable String sheet;
    final String id;
    /** Null for a record without a document. */
    final @Nullable String text;
    final Map<String, MetadataValue> metadata;
    final byte[] sourceHash;
    float @Nullable [] embedding;
    /** Why it cannot be loaded. */
    @Nullable
    String error;

    Row(long ordinal, long line, @Nullable String sheet, String id, @Nullable String text,
            Map<String, MetadataValue> metadata, byte[] sourceHash, float @Nullable [] embedding) {
        this.ordinal = ordinal;
        this.line = line;
        this.sheet = sheet;
        this.id = id;
        this.text = text;
        this.metadata = metadata;
        this.sourceHash = sourceHash;
        this.embedding = embedding;
    }
}
