package io.forebay.model;

import org.jspecify.annotations.Nullable;

/**
 * What a collection is made with.
 *
 * @param embeddingFunctionJson Chroma's {@code embedding_function} object, kept as the client sent it; null for none
 * @param schemaJson            Chroma's {@code schema} object as sent; null for none
 * @param batchIngest           acknowledge from the log (true) or wait until linked (false); null for the server's
 *                              setting
 */
public record CollectionConfig(HnswConfig hnsw, @Nullable String embeddingFunctionJson,
        @Nullable String schemaJson, @Nullable Boolean batchIngest) {
    public static final CollectionConfig DEFAULT = new CollectionConfig(HnswConfig.DEFAULT, null, null, null);

    public static CollectionConfig of(Space space) {
        return new CollectionConfig(HnswConfig.of(space), null, null, null);
    }

    public CollectionConfig withHnsw(HnswConfig changed) {
        return new CollectionConfig(changed, embeddingFunctionJson, schemaJson, batchIngest);
    }

    public CollectionConfig withBatchIngest(@Nullable Boolean changed) {
        return new CollectionConfig(hnsw, embeddingFunctionJson, schemaJson, changed);
    }
}
