package io.forebay.model;

import org.jspecify.annotations.Nullable;

/**
 * What a collection is made with.
 *
 * @param embeddingFunctionJson Chroma's {@code embedding_function} object, kept as the client sent it; null for none
 * @param schemaJson            Chroma's {@code schema} object as sent; null for none
 * @param batchIngest           acknowledge from the log (true) or wait until linked (false); null for the server's
 *                              setting
 * @param durability            when its writes are acknowledged unless a request says otherwise; null for the server's
 *                              setting
 */
public record CollectionConfig(HnswConfig hnsw, @Nullable String embeddingFunctionJson,
        @Nullable String schemaJson, @Nullable Boolean batchIngest, @Nullable Durability durability) {
    public static final CollectionConfig DEFAULT = of(HnswConfig.DEFAULT);

    public static CollectionConfig of(Space space) {
        return of(HnswConfig.of(space));
    }

    private static CollectionConfig of(HnswConfig hnsw) {
        return new CollectionConfig(hnsw, null, null, null, null);
    }

    public CollectionConfig withHnsw(HnswConfig changed) {
        return new CollectionConfig(changed, embeddingFunctionJson, schemaJson, batchIngest, durability);
    }

    public CollectionConfig withBatchIngest(@Nullable Boolean changed) {
        return new CollectionConfig(hnsw, embeddingFunctionJson, schemaJson, changed, durability);
    }

    public CollectionConfig withDurability(@Nullable Durability changed) {
        return new CollectionConfig(hnsw, embeddingFunctionJson, schemaJson, batchIngest, changed);
    }
}
