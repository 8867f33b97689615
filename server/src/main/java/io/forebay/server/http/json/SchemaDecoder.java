package io.forebay.server.http.json;

import io.forebay.model.ForebayException;
import io.forebay.model.HnswConfig;
import io.forebay.model.Space;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Chroma's {@code schema}: which indexes exist per key. What Forebay takes from it is the vector index of
 * {@code #embedding}; the rest is checked by Chroma's rules and kept as sent.
 */
final class SchemaDecoder {
    private static final String INVALID = "Failed to reconcile schema: Invalid schema input: ";
    private static final String DOCUMENT = "#document";
    private static final String EMBEDDING = "#embedding";

    private final JsonIn in;
    private final HnswFields hnsw = new HnswFields();
    private boolean defaultsSeen;
    private boolean keysSeen;

    private SchemaDecoder(JsonIn in) {
        this.in = in;
    }

    /** What the schema says about the vector index, over the defaults. */
    static HnswConfig read(JsonIn in) throws IOException {
        SchemaDecoder d = new SchemaDecoder(in);
        in.object("struct Schema", d::part);
        if (!d.defaultsSeen) {
            throw in.missing("defaults");
        }
        if (!d.keysSeen) {
            throw in.missing("keys");
        }
        return d.hnsw.over(HnswConfig.DEFAULT);
    }

    private boolean part(String name) throws IOException {
        switch (name) {
            case "defaults" -> {
                defaultsSeen = true;
                types(null);
            }
            case "keys" -> {
                keysSeen = true;
                in.object("a map", key -> {
                    if (key.startsWith("#") && !key.equals(DOCUMENT) && !key.equals(EMBEDDING)) {
                        throw ForebayException.invalid(INVALID + "key '" + key + "' may not begin with '#'");
                    }
                    types(key);
                    return true;
                });
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void types(@Nullable String key) throws IOException {
        in.object("struct ValueTypes", type -> {
            if (!in.isNull()) {
                in.object("struct ValueType", index -> {
                    if (!in.isNull()) {
                        index(key, index);
                    }
                    return true;
                });
            }
            return true;
        });
    }

    private void index(@Nullable String key, String index) throws IOException {
        boolean[] enabled = new boolean[1];
        in.object("struct IndexType", name -> switch (name) {
            case "enabled" -> {
                enabled[0] = in.bool();
                yield true;
            }
            case "config" -> EMBEDDING.equals(key) && index.equals("vector_index") && vector();
            default -> false;
        });
        if (!enabled[0]) {
            return;
        }
        if (index.equals("sparse_vector_index") && (key == null || key.startsWith("#"))) {
            throw ForebayException
                    .invalid(INVALID + "a sparse vector index is possible on single metadata keys only");
        }
        if (key != null && index.equals("vector_index") && !key.equals(EMBEDDING)) {
            throw ForebayException.invalid(INVALID + "a vector index is possible on #embedding only");
        }
        if (key != null && index.equals("fts_index") && !key.equals(DOCUMENT)) {
            throw ForebayException.invalid(INVALID + "a full-text index is possible on #document only");
        }
    }

    private boolean vector() throws IOException {
        Space[] space = new Space[1];
        in.object("struct VectorIndexConfig", name -> switch (name) {
            case "space" -> {
                space[0] = in.isNull() ? null : HnswFields.space(in);
                yield true;
            }
            case "hnsw" -> {
                if (!in.isNull()) {
                    hnsw.read(in, true);
                }
                yield true;
            }
            default -> false;
        });
        hnsw.space = Objects.requireNonNullElse(space[0], HnswConfig.DEFAULT.space());
        return true;
    }
}
