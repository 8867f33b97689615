package io.forebay.server.migrate;

import io.forebay.model.CollectionConfig;
import io.forebay.model.MetadataValue;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A collection as the source describes it.
 *
 * @param dimension 0 while it has none
 */
public record SourceCollection(Place place, UUID id, String name,
        @Nullable Map<String, MetadataValue> metadata, CollectionConfig config, int dimension) {

    @Override
    public String toString() {
        return place + "/" + name;
    }
}
