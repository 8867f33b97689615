package io.forebay.server.http.json;

import io.forebay.model.ForebayException;
import io.forebay.model.HnswConfig;
import io.forebay.model.Space;
import io.forebay.server.http.json.CollectionSchema.Index;
import io.forebay.server.http.json.CollectionSchema.ValueTypes;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads Chroma's {@code schema}, with Chroma's rules: which index may be where. The vector index of {@code #embedding}
 * becomes part of the collection's configuration, the rest a {@link CollectionSchema}.
 *
 * <p>Fields, types and indexes that are not known are passed over; nothing that is enabled is.
 */
final class SchemaDecoder {
    private static final String INVALID = "Validation error: schema: ";
    private static final String DOCUMENT = CollectionSchema.DOCUMENT;
    private static final String EMBEDDING = CollectionSchema.EMBEDDING;
    private static final String NO_CONFIG = "{}";
    /** A schema is kept in memory with its collection. */
    private static final int KEYS_MAX = 1024;

    /** @param hnsw what it says about the vector index, over the defaults */
    record Read(CollectionSchema schema, HnswConfig hnsw, @Nullable String embeddingFunctionJson) {
        boolean isDefault() {
            return schema.isDefault() && hnsw.equals(HnswConfig.DEFAULT) && embeddingFunctionJson == null;
        }
    }

    private final JsonIn in;
    private HnswFields hnsw = new HnswFields();
    private @Nullable String embeddingFunctionJson;
    private @Nullable ValueTypes defaults;
    private @Nullable Map<String, ValueTypes> keys;

    private SchemaDecoder(JsonIn in) {
        this.in = in;
    }

    static Read read(JsonIn in) throws IOException {
        SchemaDecoder d = new SchemaDecoder(in);
        in.object("struct Schema", d::part);
        if (d.defaults == null) {
            throw in.missing("defaults");
        }
        if (d.keys == null) {
            throw in.missing("keys");
        }
        CollectionSchema schema = new CollectionSchema(d.defaults, d.keys);
        SchemaRules.check(schema);
        return new Read(schema, d.hnsw.over(HnswConfig.DEFAULT), d.embeddingFunctionJson);
    }

    private boolean part(String name) throws IOException {
        switch (name) {
            case "defaults" -> defaults = types(null);
            case "keys" -> {
                Map<String, ValueTypes> all = new LinkedHashMap<>();
                in.object("a map", key -> {
                    all.put(key, types(key));
                    return true;
                });
                if (all.size() > KEYS_MAX) {
                    throw ForebayException.invalid(INVALID + "a schema may name " + KEYS_MAX + " keys, got "
                            + all.size());
                }
                keys = all;
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private ValueTypes types(@Nullable String key) throws IOException {
        Map<String, Map<String, Index>> types = new LinkedHashMap<>();
        in.object("struct ValueTypes", type -> {
            List<String> known = CollectionSchema.TYPES.get(type);
            if (known == null) {
                return false;
            }
            Map<String, Index> indexes = new LinkedHashMap<>();
            if (!in.isNull()) {
                in.object("struct ValueType", index -> known.contains(index)
                        && (in.isNull() || indexes.put(index, index(key, index)) == null));
                types.put(type, indexes);
            }
            return true;
        });
        return new ValueTypes(types);
    }

    private Index index(@Nullable String key, String index) throws IOException {
        boolean[] enabled = new boolean[1];
        boolean[] seen = new boolean[1];
        String[] config = new String[1];
        in.object("struct IndexType", name -> {
            switch (name) {
                case "enabled" -> {
                    enabled[0] = in.bool();
                    seen[0] = true;
                }
                case "config" -> config[0] = config(key, index);
                default -> {
                    return false;
                }
            }
            return true;
        });
        if (!seen[0]) {
            throw in.missing("enabled");
        }
        if (config[0] == null) {
            throw in.missing("config");
        }
        return new Index(enabled[0], config[0]);
    }

    private String config(@Nullable String key, String index) throws IOException {
        switch (index) {
            case CollectionSchema.VECTOR -> {
                vector(EMBEDDING.equals(key));
                return NO_CONFIG;
            }
            case CollectionSchema.SPARSE -> {
                return SparseFields.read(in);
            }
            default -> {
                in.object("struct IndexConfig", ignored -> false);
                return NO_CONFIG;
            }
        }
    }

    private void vector(boolean taken) throws IOException {
        HnswFields fields = new HnswFields();
        Space[] space = new Space[1];
        String[] function = new String[1];
        in.object("struct VectorIndexConfig", name -> {
            boolean none = in.isNull();
            switch (name) {
                case "space" -> space[0] = none ? null : HnswFields.space(in);
                case "embedding_function" -> function[0] = none ? null : EmbeddingFunction.read(in);
                case "source_key" -> source(none ? DOCUMENT : in.string());
                case "hnsw" -> {
                    if (!none) {
                        fields.read(in, true);
                    }
                }
                case "spann" -> {
                    if (!none) {
                        SpannFields.check(in, true);
                    }
                }
                default -> {
                    return false;
                }
            }
            return true;
        });
        if (taken) {
            fields.space = space[0];
            hnsw = fields;
            embeddingFunctionJson = function[0];
        }
    }

    private static void source(String key) {
        if (!key.equals(DOCUMENT)) {
            throw ForebayException.invalid(INVALID + "Vector index can only source from #document");
        }
    }
}
