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
 * @param origin    null when it was not made as a fork
 */
public record CollectionInfo(UUID id, int number, String tenant, String database, String name,
        @Nullable Map<String, MetadataValue> metadata, CollectionConfig config, int dimension,
        @Nullable Origin origin) {

    /**
     * Where a fork comes from.
     *
     * @param root  the collection that was no fork from which it descends; it may be dropped meanwhile
     * @param seqId what its source had up to this seqId, it has from its first moment on, without log entries of its own
     */
    public record Origin(UUID root, long seqId) {}

    /** One that is no fork. */
    public CollectionInfo(UUID id, int number, String tenant, String database, String name,
            @Nullable Map<String, MetadataValue> metadata, CollectionConfig config, int dimension) {
        this(id, number, tenant, database, name, metadata, config, dimension, null);
    }

    public CollectionInfo withDimension(int decided) {
        return new CollectionInfo(id, number, tenant, database, name, metadata, config, decided, origin);
    }

    public CollectionInfo with(String newName, @Nullable Map<String, MetadataValue> newMetadata,
            CollectionConfig newConfig) {
        return new CollectionInfo(id, number, tenant, database, newName, newMetadata, newConfig, dimension,
                origin);
    }

    /** A fork of this one: the same but for its identity. */
    public CollectionInfo forked(UUID newId, int newNumber, String newName, long seqId) {
        return new CollectionInfo(newId, newNumber, tenant, database, newName, metadata, config, dimension,
                new Origin(root(), seqId));
    }

    /** Itself, or the collection at the root of the forks that it belongs to. */
    public UUID root() {
        return origin == null ? id : origin.root();
    }
}
