package io.forebay.model;

import org.jspecify.annotations.Nullable;

/**
 * What a collection is made with.
 *
 * @param embeddingFunctionJson Chroma's {@code embedding_function} object, kept as the client sent it; null for none
 * @param schemaJson            Chroma's {@code schema} object as sent; null for none
 * @param settings              how it is written and read
 */
public record CollectionConfig(HnswConfig hnsw, @Nullable String embeddingFunctionJson,
        @Nullable String schemaJson, CollectionSettings settings) {
    public static final CollectionConfig DEFAULT = of(HnswConfig.DEFAULT);

    public static CollectionConfig of(Space space) {
        return of(HnswConfig.of(space));
    }

    private static CollectionConfig of(HnswConfig hnsw) {
        return new CollectionConfig(hnsw, null, null, CollectionSettings.NONE);
    }

    public CollectionConfig withHnsw(HnswConfig changed) {
        return new CollectionConfig(changed, embeddingFunctionJson, schemaJson, settings);
    }

    public CollectionConfig with(CollectionSettings changed) {
        return new CollectionConfig(hnsw, embeddingFunctionJson, schemaJson, changed);
    }

    public CollectionConfig withBatchIngest(@Nullable Boolean changed) {
        return with(settings.withBatchIngest(changed));
    }

    public CollectionConfig withDurability(@Nullable Durability changed) {
        return with(settings.withDurability(changed));
    }

    public @Nullable Boolean batchIngest() {
        return settings.batchIngest();
    }

    public @Nullable Durability durability() {
        return settings.durability();
    }
}
