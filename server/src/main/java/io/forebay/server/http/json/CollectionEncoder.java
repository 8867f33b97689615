package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionInfo;
import io.forebay.model.HnswConfig;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Chroma's collection object, complete, because its clients read the space and the embedding function from it. */
public final class CollectionEncoder {
    private CollectionEncoder() {}

    public static void writeAll(JsonGenerator out, List<CollectionInfo> collections) throws IOException {
        out.writeStartArray();
        for (CollectionInfo collection : collections) {
            write(out, collection);
        }
        out.writeEndArray();
    }

    public static void write(JsonGenerator out, CollectionInfo collection) throws IOException {
        CollectionConfig config = collection.config();
        out.writeStartObject();
        out.writeStringField("id", collection.id().toString());
        out.writeStringField("name", collection.name());
        configuration(out, config);
        out.writeFieldName("schema");
        if (config.schemaJson() != null) {
            out.writeRawValue(config.schemaJson());
        } else {
            schema(out, config.hnsw(), config.embeddingFunctionJson());
        }
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
        if (config.batchIngest() != null) {
            out.writeBooleanField("batch_ingest", config.batchIngest());
        }
        if (config.durability() != null) {
            out.writeStringField("durability", config.durability().wireName());
        }
        out.writeEndObject();
    }

    private static void schema(JsonGenerator out, HnswConfig hnsw, @Nullable String embeddingFunction)
            throws IOException {
        out.writeStartObject();
        out.writeObjectFieldStart("defaults");
        out.writeObjectFieldStart("string");
        index(out, "fts_index", false);
        index(out, "string_inverted_index", true);
        out.writeEndObject();
        out.writeObjectFieldStart("float_list");
        vectorIndex(out, false, hnsw, embeddingFunction, null);
        out.writeEndObject();
        out.writeFieldName("sparse_vector");
        out.writeRawValue("{\"sparse_vector_index\":{\"enabled\":false,"
                + "\"config\":{\"embedding_function\":{\"type\":\"unknown\"},\"bm25\":false}}}");
        for (String type : List.of("int", "float", "bool")) {
            out.writeObjectFieldStart(type);
            index(out, type + "_inverted_index", true);
            out.writeEndObject();
        }
        out.writeEndObject();
        out.writeObjectFieldStart("keys");
        out.writeObjectFieldStart("#document");
        out.writeObjectFieldStart("string");
        index(out, "fts_index", true);
        index(out, "string_inverted_index", false);
        out.writeEndObject();
        out.writeEndObject();
        out.writeObjectFieldStart("#embedding");
        out.writeObjectFieldStart("float_list");
        vectorIndex(out, true, hnsw, embeddingFunction, "#document");
        out.writeEndObject();
        out.writeEndObject();
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void index(JsonGenerator out, String name, boolean enabled) throws IOException {
        out.writeObjectFieldStart(name);
        out.writeBooleanField("enabled", enabled);
        out.writeObjectFieldStart("config");
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void vectorIndex(JsonGenerator out, boolean enabled, HnswConfig hnsw,
            @Nullable String embeddingFunction, @Nullable String sourceKey) throws IOException {
        out.writeObjectFieldStart("vector_index");
        out.writeBooleanField("enabled", enabled);
        out.writeObjectFieldStart("config");
        out.writeStringField("space", hnsw.space().wireName());
        if (embeddingFunction != null) {
            raw(out, "embedding_function", embeddingFunction);
        }
        if (sourceKey != null) {
            out.writeStringField("source_key", sourceKey);
        }
        out.writeObjectFieldStart("hnsw");
        out.writeNumberField("ef_construction", hnsw.efConstruction());
        out.writeNumberField("max_neighbors", hnsw.maxNeighbors());
        out.writeNumberField("ef_search", hnsw.efSearch());
        out.writeNumberField("num_threads", hnsw.numThreads());
        out.writeNumberField("batch_size", hnsw.batchSize());
        out.writeNumberField("sync_threshold", hnsw.syncThreshold());
        out.writeNumberField("resize_factor", hnsw.resizeFactor());
        out.writeEndObject();
        out.writeEndObject();
        out.writeEndObject();
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
