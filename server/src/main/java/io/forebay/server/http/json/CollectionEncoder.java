package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionInfo;
import io.forebay.model.CollectionSettings;
import io.forebay.model.HnswConfig;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Chroma's collection object, complete, because its clients read the space and the embedding function from it. */
public final class CollectionEncoder {
    private CollectionEncoder() {}

    /** @param seenKeys of each collection, see {@link #write} */
    public static void writeAll(JsonGenerator out, List<CollectionInfo> collections,
            Function<UUID, Map<String, Integer>> seenKeys) throws IOException {
        out.writeStartArray();
        for (CollectionInfo collection : collections) {
            write(out, collection, seenKeys.apply(collection.id()));
        }
        out.writeEndArray();
    }

    /** @param seenKeys metadata keys of its records, each with a mask of {@link io.forebay.model.MetadataType#bit} */
    public static void write(JsonGenerator out, CollectionInfo collection, Map<String, Integer> seenKeys)
            throws IOException {
        CollectionConfig config = collection.config();
        out.writeStartObject();
        out.writeStringField("id", collection.id().toString());
        out.writeStringField("name", collection.name());
        configuration(out, config);
        out.writeFieldName("schema");
        SchemaEncoder.write(out, config, seenKeys);
        out.writeFieldName("metadata");
        MetadataEncoder.write(out, collection.metadata());
        if (collection.dimension() == 0) {
            out.writeNullField("dimension");
        } else {
            out.writeNumberField("dimension", collection.dimension());
        }
        out.writeStringField("tenant", collection.tenant());
        out.writeStringField("database", collection.database());
        out.writeNumberField("log_position", 0);
        out.writeNumberField("version", 0);
        out.writeEndObject();
    }

    private static void configuration(JsonGenerator out, CollectionConfig config) throws IOException {
        HnswConfig hnsw = config.hnsw();
        out.writeObjectFieldStart("configuration_json");
        out.writeObjectFieldStart("hnsw");
        out.writeStringField("space", hnsw.space().wireName());
        out.writeNumberField("ef_construction", hnsw.efConstruction());
        out.writeNumberField("ef_search", hnsw.efSearch());
        out.writeNumberField("max_neighbors", hnsw.maxNeighbors());
        out.writeNumberField("resize_factor", hnsw.resizeFactor());
        out.writeNumberField("sync_threshold", hnsw.syncThreshold());
        out.writeEndObject();
        out.writeNullField("spann");
        raw(out, "embedding_function", config.embeddingFunctionJson());
        settings(out, config.settings());
        out.writeEndObject();
    }

    /** Only what is not as the server says. */
    private static void settings(JsonGenerator out, CollectionSettings settings) throws IOException {
        if (settings.batchIngest() != null) {
            out.writeBooleanField("batch_ingest", settings.batchIngest());
        }
        if (settings.durability() != null) {
            out.writeStringField("durability", settings.durability().wireName());
        }
        if (settings.readLevel() != null) {
            out.writeStringField("read_level", settings.readLevel().wireName());
        }
        if (settings.lagPolicy() != null) {
            out.writeStringField("lag_policy", settings.lagPolicy().wireName());
        }
        if (settings.lagRecordsMax() != null) {
            out.writeNumberField("lag_records_max", settings.lagRecordsMax());
        }
        if (settings.lagSecondsMax() != null) {
            out.writeNumberField("lag_seconds_max", settings.lagSecondsMax());
        }
    }

    private static void raw(JsonGenerator out, String name, @Nullable String json) throws IOException {
        out.writeFieldName(name);
        if (json == null) {
            out.writeNull();
        } else {
            out.writeRawValue(json);
        }
    }
}
