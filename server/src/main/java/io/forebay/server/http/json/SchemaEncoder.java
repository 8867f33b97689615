package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.model.CollectionConfig;
import io.forebay.model.HnswConfig;
import io.forebay.model.MetadataType;
import io.forebay.server.http.json.CollectionSchema.Index;
import io.forebay.server.http.json.CollectionSchema.ValueTypes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Chroma's {@code schema} as it is answered, complete: the defaults of every type, {@code #document} and
 * {@code #embedding}, the keys that the collection was made with, and those that its records had, with the types seen.
 */
final class SchemaEncoder {
    private static final String SPARSE_CONFIG = "{\"embedding_function\":{\"type\":\"unknown\"},\"bm25\":false}";
    private static final String NO_CONFIG = "{}";

    private final JsonGenerator out;
    private final CollectionConfig config;
    private final CollectionSchema schema;

    private SchemaEncoder(JsonGenerator out, CollectionConfig config) {
        this.out = out;
        this.config = config;
        this.schema = CollectionSchema.of(config.schemaJson());
    }

    /** @param seen keys of the records, each with a mask of {@link MetadataType#bit} */
    static void write(JsonGenerator out, CollectionConfig config, Map<String, Integer> seen)
            throws IOException {
        new SchemaEncoder(out, config).write(seen);
    }

    private void write(Map<String, Integer> seen) throws IOException {
        out.writeStartObject();
        out.writeObjectFieldStart("defaults");
        for (String type : CollectionSchema.TYPES.keySet()) {
            defaultsOf(type);
        }
        out.writeEndObject();
        out.writeObjectFieldStart("keys");
        document();
        embedding();
        for (Map.Entry<String, ValueTypes> key : schema.keys().entrySet()) {
            if (!key.getKey().startsWith("#")) {
                key(key.getKey(), key.getValue(), seen.getOrDefault(key.getKey(), 0));
            }
        }
        for (Map.Entry<String, Integer> key : seen.entrySet()) {
            if (!schema.keys().containsKey(key.getKey())) {
                key(key.getKey(), ValueTypes.NONE, key.getValue());
            }
        }
        out.writeEndObject();
        out.writeEndObject();
    }

    private void defaultsOf(String type) throws IOException {
        out.writeObjectFieldStart(type);
        for (String index : indexes(type)) {
            boolean enabled = schema.isEnabledByDefault(type, index);
            if (index.equals(CollectionSchema.VECTOR)) {
                vectorIndex(enabled, config.schemaJson() == null ? config.hnsw() : HnswConfig.DEFAULT,
                        config.schemaJson() == null ? config.embeddingFunctionJson() : null, null);
            } else {
                index(index, new Index(enabled, configOf(index)));
            }
        }
        out.writeEndObject();
    }

    private void document() throws IOException {
        out.writeObjectFieldStart(CollectionSchema.DOCUMENT);
        out.writeObjectFieldStart("string");
        index(CollectionSchema.FTS, new Index(schema.hasFullText(), NO_CONFIG));
        index(CollectionSchema.STRING_INVERTED, new Index(false, NO_CONFIG));
        out.writeEndObject();
        out.writeEndObject();
    }

    private void embedding() throws IOException {
        out.writeObjectFieldStart(CollectionSchema.EMBEDDING);
        out.writeObjectFieldStart("float_list");
        vectorIndex(schema.isEnabled(CollectionSchema.EMBEDDING, "float_list", CollectionSchema.VECTOR),
                config.hnsw(), config.embeddingFunctionJson(), CollectionSchema.DOCUMENT);
        out.writeEndObject();
        out.writeEndObject();
    }

    private void key(String key, ValueTypes said, int seen) throws IOException {
        List<String> seenTypes = new ArrayList<>();
        MetadataType.ofMask(seen).forEach(type -> seenTypes.add(CollectionSchema.typeName(type)));
        out.writeObjectFieldStart(key);
        for (String type : CollectionSchema.TYPES.keySet()) {
            Map<String, Index> ofType = said.types().get(type);
            if (ofType != null) {
                out.writeObjectFieldStart(type);
                for (Map.Entry<String, Index> one : ofType.entrySet()) {
                    index(one.getKey(), one.getValue());
                }
                out.writeEndObject();
            } else if (seenTypes.contains(type)) {
                out.writeObjectFieldStart(type);
                for (String index : indexes(type)) {
                    index(index, new Index(schema.isEnabledByDefault(type, index), configOf(index)));
                }
                out.writeEndObject();
            }
        }
        out.writeEndObject();
    }

    private static List<String> indexes(String type) {
        return CollectionSchema.TYPES.getOrDefault(type, List.of());
    }

    private static String configOf(String index) {
        return index.equals(CollectionSchema.SPARSE) ? SPARSE_CONFIG : NO_CONFIG;
    }

    private void index(String name, Index index) throws IOException {
        out.writeFieldName(name);
        CollectionSchema.write(out, index);
    }

    private void vectorIndex(boolean enabled, HnswConfig hnsw, @Nullable String embeddingFunction,
            @Nullable String sourceKey) throws IOException {
        out.writeObjectFieldStart(CollectionSchema.VECTOR);
        out.writeBooleanField("enabled", enabled);
        out.writeObjectFieldStart("config");
        out.writeStringField("space", hnsw.space().wireName());
        if (embeddingFunction != null) {
            out.writeFieldName("embedding_function");
            out.writeRawValue(embeddingFunction);
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
}
