package io.forebay.server.http.json;

import io.forebay.model.ForebayException;
import io.forebay.model.MetadataType;
import io.forebay.model.MetadataValue;
import io.forebay.model.Where;
import io.forebay.server.http.json.CollectionSchema.Index;
import io.forebay.server.http.json.CollectionSchema.ValueTypes;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Chroma's rules for a schema, and what a schema forbids a filter. */
public final class SchemaRules {
    private static final String INVALID = "Validation error: schema: ";

    private SchemaRules() {}

    /** @throws ForebayException INVALID_ARGUMENT when an index stands where it may not */
    static void check(CollectionSchema schema) {
        ValueTypes defaults = schema.defaults();
        if (isEnabled(defaults, "float_list", CollectionSchema.VECTOR)) {
            throw invalid("Vector index cannot be enabled by default. It can only be enabled on #embedding"
                    + " field.");
        }
        if (isEnabled(defaults, "string", CollectionSchema.FTS)) {
            throw invalid("Full text search / regular expression index cannot be enabled by default. It can"
                    + " only be enabled on #document field.");
        }
        if (isEnabled(defaults, "sparse_vector", CollectionSchema.SPARSE)) {
            throw invalid("Sparse vector index cannot be enabled by default. Please enable sparse vector"
                    + " index on specific keys. At most one sparse vector index is allowed for the"
                    + " collection.");
        }
        for (Map.Entry<String, ValueTypes> key : schema.keys().entrySet()) {
            check(key.getKey(), key.getValue());
        }
    }

    private static void check(String key, ValueTypes types) {
        switch (key) {
            case CollectionSchema.DOCUMENT -> {
                only(types, "string", "Document field cannot have any value types other than string: " + key);
                if (isEnabled(types, "string", CollectionSchema.STRING_INVERTED)) {
                    throw invalid("String inverted index can not be enabled on #document key: " + key);
                }
            }
            case CollectionSchema.EMBEDDING -> only(types, "float_list",
                    "Embedding field cannot have any value types other than float_list: " + key);
            default -> {
                if (key.startsWith("#")) {
                    throw invalid("key cannot begin with '#'. Keys starting with '#' are reserved for system"
                            + " use: " + key);
                }
                if (isEnabled(types, "float_list", CollectionSchema.VECTOR)) {
                    throw invalid("Vector index can only be enabled on #embedding field: " + key);
                }
                if (isEnabled(types, "string", CollectionSchema.FTS)) {
                    throw invalid("Full text search / regular expression index can only be enabled on"
                            + " #document field: " + key);
                }
            }
        }
    }

    private static void only(ValueTypes types, String type, String otherwise) {
        if (types.types().keySet().stream().anyMatch(name -> !name.equals(type))) {
            throw invalid(otherwise);
        }
    }

    private static boolean isEnabled(ValueTypes types, String type, String index) {
        Index said = types.index(type, index);
        return said != null && said.enabled();
    }

    /**
     * Refuses a filter by values that the collection's schema leaves without an index.
     *
     * @param schemaJson of the collection; null, as with almost all, forbids nothing
     */
    public static void check(@Nullable Where filter, @Nullable String schemaJson) {
        if (filter != null && schemaJson != null) {
            check(filter, CollectionSchema.of(schemaJson));
        }
    }

    private static void check(Where filter, CollectionSchema schema) {
        if (filter instanceof Where.And all) {
            all.clauses().forEach(clause -> check(clause, schema));
        } else if (filter instanceof Where.Or any) {
            any.clauses().forEach(clause -> check(clause, schema));
        } else if (filter instanceof Where.Document && !schema.hasFullText()) {
            throw ForebayException
                    .invalid("Cannot filter using full-text search because FTS indexing is disabled");
        } else if (filter instanceof Where.Compare compare) {
            value(compare.key(), compare.operand(), schema);
        } else if (filter instanceof Where.ArrayContains contains) {
            value(contains.key(), contains.operand(), schema);
        } else if (filter instanceof Where.In in) {
            in.operands().forEach(operand -> value(in.key(), operand, schema));
        }
    }

    private static void value(String key, MetadataValue operand, CollectionSchema schema) {
        MetadataType type;
        String name;
        if (operand instanceof MetadataValue.Str) {
            type = MetadataType.STRING;
            name = "Str";
        } else if (operand instanceof MetadataValue.Int) {
            type = MetadataType.INT;
            name = "Int";
        } else if (operand instanceof MetadataValue.Float) {
            type = MetadataType.FLOAT;
            name = "Float";
        } else {
            type = MetadataType.BOOL;
            name = "Bool";
        }
        if (!schema.isIndexed(key, type)) {
            throw ForebayException.invalid("Cannot filter using metadata key '" + key + "' with type '" + name
                    + "' because indexing is disabled");
        }
    }

    private static ForebayException invalid(String why) {
        return ForebayException.invalid(INVALID + why);
    }
}
