package io.forebay.engine;

import io.forebay.model.Durability;
import io.forebay.model.MetadataValue;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to change about a collection; null leaves as it is.
 *
 * @param metadata replaces all metadata
 */
public record CollectionChange(@Nullable String name, @Nullable Map<String, MetadataValue> metadata,
        @Nullable Integer efSearch, @Nullable Integer maxNeighbors, @Nullable Integer numThreads,
        @Nullable Integer batchSize, @Nullable Integer syncThreshold, @Nullable Double resizeFactor,
        @Nullable Boolean batchIngest, @Nullable String embeddingFunctionJson,
        @Nullable Durability durability) {}
