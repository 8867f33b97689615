package io.forebay.model;

import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A collection as the catalog knows it.
 *
 * @param number    its 32-bit number in log and segments; never used again after it is dropped
 * @param dimension of its embeddings, 0 until the first batch with embeddings decides it
 * @param metadata  null when it has none
 */
public record CollectionInfo(UUID id, int number, String tenant, String database, String name,
        @Nullable Map<String, MetadataValue> metadata, CollectionConfig config, int dimension) {

    public CollectionInfo withDimension(int decided) {
        return new CollectionInfo(id, number, tenant, database, name, metadata, config, decided);
    }

    public CollectionInfo with(String newName, @Nullable Map<String, MetadataValue> newMetadata,
            CollectionConfig newConfig) {
        return new CollectionInfo(id, number, tenant, database, newName, newMetadata, newConfig, dimension);
    }
}
