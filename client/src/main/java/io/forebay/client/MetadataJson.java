package io.forebay.client;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.forebay.model.MetadataValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Metadata to and from JSON. Integers and floats stay distinct: {@code 5} and {@code 5.0}. */
final class MetadataJson {
    private MetadataJson() {}

    static void write(@Nullable Map<String, MetadataValue> metadata, JsonSink out) {
        if (metadata == null) {
            out.raw("null");
            return;
        }
        out.ascii('{');
        boolean first = true;
        for (Map.Entry<String, MetadataValue> entry : metadata.entrySet()) {
            if (!first) {
                out.ascii(',');
            }
            first = false;
            out.string(entry.getKey()).ascii(':');
            write(entry.getValue(), out);
        }
        out.ascii('}');
    }

    static void write(MetadataValue value, JsonSink out) {
        if (value instanceof MetadataValue.Str text) {
            out.string(text.value());
        } else if (value instanceof MetadataValue.Int number) {
            out.number(number.value());
        } else if (value instanceof MetadataValue.Float number) {
            out.number(number.value());
        } else if (value instanceof MetadataValue.Bool bool) {
            out.raw(bool.value() ? "true" : "false");
        } else if (value instanceof MetadataValue.Sparse sparse) {
            SparseJson.write(sparse.vector(), out);
        } else if (value instanceof MetadataValue.Null) {
            out.raw("null");
        } else {
            writeArray(elements(value), out);
        }
    }

    private static List<MetadataValue> elements(MetadataValue array) {
        if (array instanceof MetadataValue.StrArray texts) {
            return texts.values().stream().map(MetadataValue::of).toList();
        } else if (array instanceof MetadataValue.IntArray numbers) {
            return numbers.values().stream().map(n -> MetadataValue.of((long) n)).toList();
        } else if (array instanceof MetadataValue.FloatArray numbers) {
            return numbers.values().stream().map(n -> MetadataValue.of((double) n)).toList();
        } else if (array instanceof MetadataValue.BoolArray bools) {
            return bools.values().stream().map(b -> MetadataValue.of((boolean) b)).toList();
        }
        throw new IllegalArgumentException("unknown metadata value " + array);
    }

    static void writeArray(List<MetadataValue> values, JsonSink out) {
        out.ascii('[');
        for (int i = 0; i < values.size(); i++) {
            if (i > 0) {
                out.ascii(',');
            }
            write(values.get(i), out);
        }
        out.ascii(']');
    }

    /** The parser stands at the object's start, or at null. */
    static @Nullable Map<String, MetadataValue> read(JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        Map<String, MetadataValue> metadata = new LinkedHashMap<>();
        for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
            json.nextToken();
            MetadataValue value = readValue(json);
            if (value != null) {
                metadata.put(key, value);
            }
        }
        return metadata;
    }

    /** Null for what the model has no value for, such as an object of a newer server: skipped. */
    static @Nullable MetadataValue readValue(JsonParser json) throws IOException {
        switch (json.currentToken()) {
            case VALUE_STRING :
                return MetadataValue.of(json.getText());
            case VALUE_NUMBER_INT :
                return json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? MetadataValue.of(json.getDoubleValue())
                        : MetadataValue.of(json.getLongValue());
            case VALUE_NUMBER_FLOAT :
                return MetadataValue.of(json.getDoubleValue());
            case VALUE_TRUE :
                return MetadataValue.TRUE;
            case VALUE_FALSE :
                return MetadataValue.FALSE;
            case START_ARRAY :
                return readArray(json);
            case START_OBJECT :
                return SparseJson.read(json);
            default :
                json.skipChildren();
                return null;
        }
    }

    private static @Nullable MetadataValue readArray(JsonParser json) throws IOException {
        List<MetadataValue> values = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            MetadataValue value = readValue(json);
            if (value != null) {
                values.add(value);
            }
        }
        if (values.stream().allMatch(MetadataValue.Str.class::isInstance)) {
            return new MetadataValue.StrArray(
                    values.stream().map(v -> ((MetadataValue.Str) v).value()).toList());
        } else if (values.stream().allMatch(MetadataValue.Int.class::isInstance)) {
            return new MetadataValue.IntArray(
                    values.stream().map(v -> ((MetadataValue.Int) v).value()).toList());
        } else if (values.stream().allMatch(MetadataValue.Bool.class::isInstance)) {
            return new MetadataValue.BoolArray(
                    values.stream().map(v -> ((MetadataValue.Bool) v).value()).toList());
        }
        return values.stream().allMatch(MetadataJson::isNumber)
                ? new MetadataValue.FloatArray(values.stream().map(MetadataJson::asDouble).toList())
                : null;
    }

    private static boolean isNumber(MetadataValue value) {
        return value instanceof MetadataValue.Int || value instanceof MetadataValue.Float;
    }

    private static double asDouble(MetadataValue value) {
        return value instanceof MetadataValue.Int number
                ? number.value()
                : ((MetadataValue.Float) value).value();
    }
}
