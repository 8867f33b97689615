package io.forebay.server.http.json;

import io.forebay.engine.CollectionChange;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Durability;
import io.forebay.model.ForebayException;
import io.forebay.model.HnswConfig;
import io.forebay.model.MetadataValue;
import io.forebay.model.Names;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The bodies that create and change collections, and where their configuration comes from. */
public final class CollectionDecoder {
    /** Forebay's own keys in a collection's metadata, for clients whose configuration is closed. */
    public static final String BATCH_INGEST_KEY = "forebay:batch_ingest";
    public static final String DURABILITY_KEY = "forebay:durability";

    public record Create(String name, @Nullable Map<String, MetadataValue> metadata, CollectionConfig config,
            boolean getOrCreate) {}

    private final JsonIn in;
    private @Nullable String name;
    private @Nullable Map<String, MetadataValue> metadata;
    private boolean metadataGiven;
    private @Nullable HnswFields hnsw;
    private boolean spann;
    private @Nullable String embeddingFunctionJson;
    private @Nullable Boolean batchIngest;
    private @Nullable Durability durability;
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
                h.batchSize, h.syncThreshold, h.resizeFactor, d.chosenBatchIngest(),
                d.embeddingFunctionJson, d.chosenDurability());
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
                case "batch_ingest" -> batchIngest = in.isNull() ? null : (Boolean) in.bool();
                case "durability" -> durability = in.isNull() ? null : Durability.parse(in.string());
                default -> {
                    return false;
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
            return new CollectionConfig(chosen, embeddingFunctionJson, null, chosenBatchIngest(),
                    chosenDurability());
        }
        if (!chosen.equals(HnswConfig.DEFAULT) || embeddingFunctionJson != null) {
            throw ForebayException.invalid(
                    "Failed to reconcile schema: Cannot set both collection config and schema simultaneously");
        }
        return new CollectionConfig(schema.hnsw(), schema.embeddingFunctionJson(),
                Json.text(schema.schema()::write), chosenBatchIngest(), chosenDurability());
    }

    private @Nullable Boolean chosenBatchIngest() {
        if (batchIngest != null || metadata == null) {
            return batchIngest;
        }
        return switch (metadata.get(BATCH_INGEST_KEY)) {
            case null -> null;
            case MetadataValue.Bool flag -> (Boolean) flag.value();
            case MetadataValue.Str text when text.value().equals("true") -> Boolean.TRUE;
            case MetadataValue.Str text when text.value().equals("false") -> Boolean.FALSE;
            default -> throw ForebayException.invalid(
                    "Validation error: metadata: " + BATCH_INGEST_KEY + " must be true or false");
        };
    }

    private @Nullable Durability chosenDurability() {
        if (durability != null || metadata == null) {
            return durability;
        }
        return switch (metadata.get(DURABILITY_KEY)) {
            case null -> null;
            case MetadataValue.Str text when text.value().equals("os") -> Durability.OS;
            case MetadataValue.Str text when text.value().equals("sync") -> Durability.SYNC;
            default -> throw ForebayException.invalid(
                    "Validation error: metadata: " + DURABILITY_KEY + " must be os or sync");
        };
    }
}
