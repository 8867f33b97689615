package io.forebay.server.http.json;

import io.forebay.engine.CollectionChange;
import io.forebay.model.CollectionConfig;
import io.forebay.model.ForebayException;
import io.forebay.model.HnswConfig;
import io.forebay.model.MetadataValue;
import io.forebay.model.Names;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The bodies that create and change collections, and where their configuration comes from. */
public final class CollectionDecoder {
    public record Create(String name, @Nullable Map<String, MetadataValue> metadata, CollectionConfig config,
            boolean getOrCreate) {}

    private final JsonIn in;
    private @Nullable String name;
    private @Nullable Map<String, MetadataValue> metadata;
    private boolean metadataGiven;
    private @Nullable HnswFields hnsw;
    private boolean spann;
    private @Nullable String embeddingFunctionJson;
    private final SettingsFields settings = new SettingsFields();
    private SchemaDecoder.@Nullable Read schema;
    private boolean getOrCreate;

    private CollectionDecoder(JsonIn in) {
        this.in = in;
    }

    public static Create create(JsonIn in) throws IOException {
        CollectionDecoder d = new CollectionDecoder(in);
        in.object("struct CreateCollectionPayload", d::createField);
        if (d.name == null) {
            throw in.missing("name");
        }
        Names.check(d.name, "Validation error: name: ");
        d.checkMetadata("metadata");
        return new Create(d.name, d.metadata,
                d.config(), d.getOrCreate);
    }

    public static CollectionChange change(JsonIn in) throws IOException {
        CollectionDecoder d = new CollectionDecoder(in);
        in.object("struct UpdateCollectionPayload", d::changeField);
        if (d.name != null) {
            Names.check(d.name, "Validation error: new_name: ");
        }
        d.checkMetadata("new_metadata");
        HnswFields h = d.hnsw == null ? new HnswFields() : d.hnsw;
        return new CollectionChange(d.name, d.metadata, h.efSearch, h.maxNeighbors, h.numThreads,
                h.batchSize, h.syncThreshold, h.resizeFactor, d.embeddingFunctionJson,
                d.settings.over(d.metadata));
    }

    private boolean createField(String field) throws IOException {
        switch (field) {
            case "name" -> name = in.string();
            case "metadata" -> metadata(false);
            case "configuration" -> configuration(true);
            case "schema" -> schema = in.isNull() ? null : SchemaDecoder.read(in);
            case "get_or_create" -> getOrCreate = !in.isNull() && in.bool();
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean changeField(String field) throws IOException {
        switch (field) {
            case "new_name" -> name = in.nullableString();
            case "new_metadata" -> metadata(true);
            case "new_configuration" -> configuration(false);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void metadata(boolean nulls) throws IOException {
        if (in.isNull()) {
            return;
        }
        metadata = MetadataDecoder.read(in, nulls);
        metadataGiven = true;
    }

    private void checkMetadata(String field) {
        if (!metadataGiven || metadata == null) {
            return;
        }
        if (metadata.isEmpty()) {
            throw ForebayException.invalid("Validation error: " + field + ": Metadata cannot be empty");
        }
        for (String key : metadata.keySet()) {
            if (key.isEmpty() || key.startsWith("#") || key.startsWith("$")) {
                throw ForebayException.invalid("Validation error: " + field
                        + ": Metadata keys must not be empty or begin with '#' or '$'. Got: " + key);
            }
        }
        metadata.values().removeIf(MetadataValue.Null.class::isInstance);
    }

    private void configuration(boolean creating) throws IOException {
        if (in.isNull()) {
            return;
        }
        in.object("struct CollectionConfiguration", field -> {
            switch (field) {
                case "hnsw" -> {
                    if (!in.isNull()) {
                        hnsw = new HnswFields();
                        hnsw.read(in, creating);
                    }
                }
                case "spann" -> spann = !in.isNull() && SpannFields.check(in, creating);
                case "embedding_function" -> embeddingFunctionJson = in.isNull()
                        ? null
                        : EmbeddingFunction.read(in);
                default -> {
                    return settings.field(in, field);
                }
            }
            return true;
        });
        if (hnsw != null && spann) {
            throw ForebayException.invalid("Multiple vector index configurations provided");
        }
    }

    private CollectionConfig config() throws IOException {
        HnswConfig chosen = HnswConfig.DEFAULT;
        if (hnsw != null) {
            chosen = hnsw.over(chosen);
        } else if (metadata != null) {
            chosen = HnswFields.ofMetadata(metadata).over(chosen);
        }
        if (schema == null || schema.isDefault()) {
            return new CollectionConfig(chosen, embeddingFunctionJson, null, settings.over(metadata));
        }
        if (!chosen.equals(HnswConfig.DEFAULT) || embeddingFunctionJson != null) {
            throw ForebayException.invalid(
                    "Failed to reconcile schema: Cannot set both collection config and schema simultaneously");
        }
        return new CollectionConfig(schema.hnsw(), schema.embeddingFunctionJson(),
                Json.text(schema.schema()::write), settings.over(metadata));
    }
}
