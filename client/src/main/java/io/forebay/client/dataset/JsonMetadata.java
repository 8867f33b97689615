package io.forebay.client.dataset;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.forebay.model.MetadataValue;
import io.forebay.model.SparseVector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Metadata in files, in Chroma's form. Integers and floats stay distinct ({@code 5} and {@code 5.0}); a sparse vector is an
 * object {@code {"#type": "sparse_vector", "indices": [], "values": []}}; nulls are left out.
 *
 * <p>Failure: what cannot be metadata is an {@link IllegalArgumentException} that says why.
 */
public final class JsonMetadata {
    private JsonMetadata() {}

    /** The parser stands at the object's start or at null, and is left at its end. */
    static @Nullable Map<String, MetadataValue> read(JsonParser json, String field) throws IOException {
        if (json.hasToken(JsonToken.VALUE_NULL)) {
            return null;
        }
        require(json.hasToken(JsonToken.START_OBJECT), field, "is not an object");
        Map<String, MetadataValue> metadata = new LinkedHashMap<>();
        for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
            json.nextToken();
            MetadataValue value = value(json, field + "." + key);
            if (value != null) {
                metadata.put(key, value);
            }
        }
        return metadata;
    }

    static @Nullable MetadataValue value(JsonParser json, String field) throws IOException {
        return switch (json.currentToken()) {
            case VALUE_STRING -> MetadataValue.of(json.getText());
            case VALUE_NUMBER_INT -> json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                    ? MetadataValue.of(json.getDoubleValue())
                    : MetadataValue.of(json.getLongValue());
            case VALUE_NUMBER_FLOAT -> MetadataValue.of(json.getDoubleValue());
            case VALUE_TRUE -> MetadataValue.TRUE;
            case VALUE_FALSE -> MetadataValue.FALSE;
            case VALUE_NULL -> null;
            case START_ARRAY -> array(json, field);
            case START_OBJECT -> sparse(json, field);
            default -> throw new IllegalArgumentException(field + " is not a value");
        };
    }

    private static MetadataValue array(JsonParser json, String field) throws IOException {
        List<MetadataValue> values = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            require(json.currentToken().isScalarValue() && !json.hasToken(JsonToken.VALUE_NULL), field,
                    "has an element that is not a text, number or boolean");
            MetadataValue value = value(json, field);
            if (value != null) {
                values.add(value);
            }
        }
        if (all(values, MetadataValue.Str.class)) {
            return new MetadataValue.StrArray(
                    values.stream().map(value -> ((MetadataValue.Str) value).value()).toList());
        } else if (all(values, MetadataValue.Int.class)) {
            return new MetadataValue.IntArray(
                    values.stream().map(value -> ((MetadataValue.Int) value).value()).toList());
        } else if (all(values, MetadataValue.Bool.class)) {
            return new MetadataValue.BoolArray(
                    values.stream().map(value -> ((MetadataValue.Bool) value).value()).toList());
        }
        List<Double> numbers = new ArrayList<>(values.size());
        for (MetadataValue value : values) {
            if (value instanceof MetadataValue.Int number) {
                numbers.add((double) number.value());
            } else if (value instanceof MetadataValue.Float number) {
                numbers.add(number.value());
            } else {
                throw new IllegalArgumentException(field + " is an array of different types");
            }
        }
        return new MetadataValue.FloatArray(numbers);
    }

    private static boolean all(List<MetadataValue> values, Class<? extends MetadataValue> type) {
        return values.stream().allMatch(type::isInstance);
    }

    private static MetadataValue sparse(JsonParser json, String field) throws IOException {
        List<Integer> indices = new ArrayList<>();
        List<Float> values = new ArrayList<>();
        List<String> tokens = new ArrayList<>();
        boolean isSparse = false;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken token = json.nextToken();
            if (name.equals("#type")) {
                isSparse = token == JsonToken.VALUE_STRING && json.getText().equals("sparse_vector");
            } else if (token == JsonToken.START_ARRAY) {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    switch (name) {
                        case "indices" -> indices.add(index(json, field));
                        case "values" -> values.add(json.getFloatValue());
                        case "tokens" -> tokens.add(json.getText());
                        default -> json.skipChildren();
                    }
                }
            } else {
                json.skipChildren();
            }
        }
        require(isSparse, field, "is an object, which metadata cannot be (but for a sparse vector)");
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i);
        }
        return MetadataValue
                .of(new SparseVector(indices.stream().mapToInt(i -> i).toArray(), floats, tokens));
    }

    /** Unsigned, 32 bits. */
    private static int index(JsonParser json, String field) throws IOException {
        boolean fits = json.hasToken(JsonToken.VALUE_NUMBER_INT)
                && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER
                && json.getLongValue() >>> 32 == 0;
        if (!fits) {
            throw new IllegalArgumentException(
                    field + " has the index " + json.getText() + ", must be an integer from 0 to 4294967295");
        }
        return (int) json.getLongValue();
    }

    private static void require(boolean ok, String field, String what) {
        if (!ok) {
            throw new IllegalArgumentException(field + " " + what);
        }
    }

    /** As an object, or null. */
    public static void write(@Nullable Map<String, MetadataValue> metadata, JsonGenerator json)
            throws IOException {
        if (metadata == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        for (Map.Entry<String, MetadataValue> entry : metadata.entrySet()) {
            json.writeFieldName(entry.getKey());
            write(entry.getValue(), json);
        }
        json.writeEndObject();
    }

    private static void write(MetadataValue value, JsonGenerator json) throws IOException {
        if (value instanceof MetadataValue.Str text) {
            json.writeString(text.value());
        } else if (value instanceof MetadataValue.Int number) {
            json.writeNumber(number.value());
        } else if (value instanceof MetadataValue.Float number) {
            json.writeNumber(number.value());
        } else if (value instanceof MetadataValue.Bool bool) {
            json.writeBoolean(bool.value());
        } else if (value instanceof MetadataValue.Sparse sparse) {
            write(sparse.vector(), json);
        } else if (value instanceof MetadataValue.Null) {
            json.writeNull();
        } else {
            json.writeStartArray();
            writeElements(value, json);
            json.writeEndArray();
        }
    }

    private static void writeElements(MetadataValue value, JsonGenerator json) throws IOException {
        if (value instanceof MetadataValue.StrArray texts) {
            for (String text : texts.values()) {
                json.writeString(text);
            }
        } else if (value instanceof MetadataValue.IntArray numbers) {
            for (long number : numbers.values()) {
                json.writeNumber(number);
            }
        } else if (value instanceof MetadataValue.FloatArray numbers) {
            for (double number : numbers.values()) {
                json.writeNumber(number);
            }
        } else if (value instanceof MetadataValue.BoolArray bools) {
            for (boolean bool : bools.values()) {
                json.writeBoolean(bool);
            }
        }
    }

    private static void write(SparseVector vector, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("#type", "sparse_vector");
        json.writeArrayFieldStart("indices");
        for (int index : vector.indices()) {
            json.writeNumber(Integer.toUnsignedLong(index));
        }
        json.writeEndArray();
        json.writeArrayFieldStart("values");
        for (float weight : vector.values()) {
            json.writeNumber(weight);
        }
        json.writeEndArray();
        List<String> tokens = vector.tokens();
        if (tokens != null) {
            json.writeArrayFieldStart("tokens");
            for (String token : tokens) {
                json.writeString(token);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }
}
