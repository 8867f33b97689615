package io.forebay.client;

import io.forebay.model.MetadataValue;
import io.forebay.model.Space;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A collection as the server describes it.
 *
 * @param dimension of its embeddings, 0 while it has none
 */
public record CollectionDescription(UUID id, String name, String tenant, String database,
        @Nullable Map<String, MetadataValue> metadata, Space space, int dimension) {}
