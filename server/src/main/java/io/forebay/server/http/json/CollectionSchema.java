package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.model.ForebayException;
import io.forebay.model.MetadataType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a collection's schema says about its indexes beyond Chroma's defaults: per type of value for all keys, and per key.
 * The vector index of {@code #embedding} is not part of it but of the collection's configuration.
 *
 * <p>Kept with the collection as JSON in the form in which it comes ({@code schemaJson}), parsed once per text.
 *
 * <p>Threads: immutable.
 *
 * @param defaults for keys and types of which {@code keys} says nothing
 */
public record CollectionSchema(ValueTypes defaults, Map<String, ValueTypes> keys) {
    static final String DOCUMENT = "#document";
    static final String EMBEDDING = "#embedding";
    static final String FTS = "fts_index";
    static final String VECTOR = "vector_index";
    static final String SPARSE = "sparse_vector_index";
    static final String STRING_INVERTED = "string_inverted_index";

    /** Nothing said. */
    public static final CollectionSchema DEFAULT = new CollectionSchema(ValueTypes.NONE, Map.of());

    private static final Logger LOG = LoggerFactory.getLogger(CollectionSchema.class);
    /** So many texts are kept parsed; nobody has so many schemas, but anybody may send them. */
    private static final int PARSED_MAX = 256;
    private static final Map<String, CollectionSchema> PARSED = new ConcurrentHashMap<>();

    /** Type of value to the indexes that it may have, in the order of Chroma's answers. */
    static final Map<String, List<String>> TYPES = types();

    /** @param configJson an object */
    record Index(boolean enabled, String configJson) {}

    /** By type and index; what is absent was not said. */
    record ValueTypes(Map<String, Map<String, Index>> types) {
        static final ValueTypes NONE = new ValueTypes(Map.of());

        @Nullable
        Index index(String type, String index) {
            Map<String, Index> ofType = types.get(type);
            return ofType == null ? null : ofType.get(index);
        }
    }

    private static Map<String, List<String>> types() {
        Map<String, List<String>> types = new LinkedHashMap<>();
        types.put("string", List.of(FTS, STRING_INVERTED));
        types.put("float_list", List.of(VECTOR));
        types.put("sparse_vector", List.of(SPARSE));
        types.put("int", List.of("int_inverted_index"));
        types.put("float", List.of("float_inverted_index"));
        types.put("bool", List.of("bool_inverted_index"));
        return types;
    }

    /** Of the text that is kept with a collection; null stands for the defaults. */
    public static CollectionSchema of(@Nullable String schemaJson) {
        if (schemaJson == null) {
            return DEFAULT;
        }
        CollectionSchema parsed = PARSED.get(schemaJson);
        if (parsed == null) {
            parsed = parse(schemaJson);
            if (PARSED.size() >= PARSED_MAX) {
                PARSED.clear();
            }
            PARSED.put(schemaJson, parsed);
        }
        return parsed;
    }

    private static CollectionSchema parse(String schemaJson) {
        byte[] utf8 = schemaJson.getBytes(StandardCharsets.UTF_8);
        try {
            return Json.decode(utf8, utf8.length, in -> SchemaDecoder.read(in).schema());
        } catch (ForebayException unreadable) {
            // A collection that cannot be read for its schema would be worse than one without.
            LOG.warn("a schema that is kept does not parse and is passed over: {}", unreadable.getMessage());
            return DEFAULT;
        }
    }

    /** Whether records can be filtered by values of this type under this key. */
    public boolean isIndexed(String key, MetadataType type) {
        String name = typeName(type);
        String index = name + "_inverted_index";
        return type == MetadataType.SPARSE_VECTOR || isEnabled(key, name, index);
    }

    /** Whether documents can be searched as text. */
    public boolean hasFullText() {
        return isEnabled(DOCUMENT, "string", FTS);
    }

    /** The keys whose sparse vectors have an index. */
    public Set<String> sparseKeys() {
        return keys.keySet().stream().filter(key -> isEnabled(key, "sparse_vector", SPARSE))
                .collect(Collectors.toUnmodifiableSet());
    }

    boolean isEnabled(String key, String type, String index) {
        ValueTypes own = keys.get(key);
        Index said = own == null ? null : own.index(type, index);
        if (said != null) {
            return said.enabled();
        }
        if (key.equals(DOCUMENT) || key.equals(EMBEDDING)) {
            return index.equals(FTS) || index.equals(VECTOR);
        }
        return isEnabledByDefault(type, index);
    }

    boolean isEnabledByDefault(String type, String index) {
        Index said = defaults.index(type, index);
        return said == null ? index.endsWith("_inverted_index") : said.enabled();
    }

    /** Whether it says nothing that is not so anyway. */
    boolean isDefault() {
        return defaults.types().entrySet().stream().allMatch(type -> type.getValue().entrySet().stream()
                .allMatch(one -> one.getValue().enabled() == one.getKey().endsWith("_inverted_index")))
                && keys.keySet().stream().allMatch(key -> (key.equals(DOCUMENT) || key.equals(EMBEDDING))
                        && isDefaultAt(key));
    }

    /** Without the keys of which it says only what is so anyway, as those that a server met in records. */
    CollectionSchema essence() {
        Map<String, ValueTypes> kept = new LinkedHashMap<>(keys);
        kept.keySet().removeIf(this::isDefaultAt);
        return new CollectionSchema(defaults, kept);
    }

    private boolean isDefaultAt(String key) {
        CollectionSchema none = new CollectionSchema(defaults, Map.of());
        return TYPES.entrySet().stream().allMatch(type -> type.getValue().stream().allMatch(
                index -> isEnabled(key, type.getKey(), index) == none.isEnabled(key, type.getKey(), index)));
    }

    /** In the form in which it comes, and in which it is kept. */
    void write(JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeFieldName("defaults");
        write(out, defaults);
        out.writeObjectFieldStart("keys");
        for (Map.Entry<String, ValueTypes> key : keys.entrySet()) {
            out.writeFieldName(key.getKey());
            write(out, key.getValue());
        }
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, ValueTypes types) throws IOException {
        out.writeStartObject();
        for (Map.Entry<String, Map<String, Index>> type : types.types().entrySet()) {
            out.writeObjectFieldStart(type.getKey());
            for (Map.Entry<String, Index> index : type.getValue().entrySet()) {
                out.writeFieldName(index.getKey());
                write(out, index.getValue());
            }
            out.writeEndObject();
        }
        out.writeEndObject();
    }

    static void write(JsonGenerator out, Index index) throws IOException {
        out.writeStartObject();
        out.writeBooleanField("enabled", index.enabled());
        out.writeFieldName("config");
        out.writeRawValue(index.configJson());
        out.writeEndObject();
    }

    static String typeName(MetadataType type) {
        return switch (type) {
            case STRING -> "string";
            case INT -> "int";
            case FLOAT -> "float";
            case BOOL -> "bool";
            case SPARSE_VECTOR -> "sparse_vector";
        };
    }
}
