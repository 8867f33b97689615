package io.forebay.engine;

import io.forebay.model.CollectionSettings;
import io.forebay.model.MetadataValue;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to change about a collection; null, and a setting that is null, leaves as it is.
 *
 * @param metadata replaces all metadata
 */
public record CollectionChange(@Nullable String name, @Nullable Map<String, MetadataValue> metadata,
        @Nullable Integer efSearch, @Nullable Integer maxNeighbors, @Nullable Integer numThreads,
        @Nullable Integer batchSize, @Nullable Integer syncThreshold, @Nullable Double resizeFactor,
        @Nullable String embeddingFunctionJson, CollectionSettings settings) {
    /** Changes nothing. */
    public static final CollectionChange NONE = new CollectionChange(null, null, null, null, null, null, null,
            null, null, CollectionSettings.NONE);

    public CollectionChange withName(String changed) {
        return new CollectionChange(changed, metadata, efSearch, maxNeighbors, numThreads, batchSize,
                syncThreshold, resizeFactor, embeddingFunctionJson, settings);
    }

    public CollectionChange withEfSearch(int changed) {
        return new CollectionChange(name, metadata, changed, maxNeighbors, numThreads, batchSize,
                syncThreshold, resizeFactor, embeddingFunctionJson, settings);
    }

    public CollectionChange withMaxNeighbors(int changed) {
        return new CollectionChange(name, metadata, efSearch, changed, numThreads, batchSize,
                syncThreshold, resizeFactor, embeddingFunctionJson, settings);
    }

    public CollectionChange with(CollectionSettings changed) {
        return new CollectionChange(name, metadata, efSearch, maxNeighbors, numThreads, batchSize,
                syncThreshold, resizeFactor, embeddingFunctionJson, changed);
    }
}
