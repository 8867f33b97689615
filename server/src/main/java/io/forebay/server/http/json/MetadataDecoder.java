package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.forebay.model.ForebayException;
import io.forebay.model.MetadataValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Metadata of records and collections: strings, ints, floats, bools, arrays of one of them, and sparse vectors. An int
 * beyond 64 bits becomes a float, ints in an array with floats widen.
 */
final class MetadataDecoder {
    private static final String NO_VARIANT = "data did not match any variant of untagged enum MetadataValue";

    private MetadataDecoder() {}

    /** @param nulls whether a null value is allowed, which removes its key */
    static Map<String, MetadataValue> read(JsonIn in, boolean nulls) throws IOException {
        if (in.token() != JsonToken.START_OBJECT) {
            throw in.wrongType("a map");
        }
        JsonParser parser = in.parser();
        Map<String, MetadataValue> metadata = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            metadata.put(key, value(in, nulls));
        }
        return metadata;
    }

    private static MetadataValue value(JsonIn in, boolean nulls) throws IOException {
        return switch (in.token()) {
            case VALUE_STRING -> new MetadataValue.Str(in.string());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(in);
            case VALUE_TRUE -> MetadataValue.TRUE;
            case VALUE_FALSE -> MetadataValue.FALSE;
            case START_ARRAY -> array(in);
            case START_OBJECT -> new MetadataValue.Sparse(SparseJson.read(in, NO_VARIANT));
            case VALUE_NULL -> {
                if (!nulls) {
                    throw noVariant(in);
                }
                yield MetadataValue.NULL;
            }
            default -> throw noVariant(in);
        };
    }

    private static MetadataValue number(JsonIn in) throws IOException {
        JsonParser parser = in.parser();
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return new MetadataValue.Int(parser.getLongValue());
        }
        return new MetadataValue.Float(in.finite(parser.getDoubleValue()));
    }

    private static MetadataValue array(JsonIn in) throws IOException {
        List<MetadataValue> values = new ArrayList<>();
        in.array("a sequence", () -> {
            if (in.token().isStructStart() || in.isNull()) {
                throw noVariant(in);
            }
            values.add(value(in, false));
        });
        MetadataValue first = values.isEmpty() ? new MetadataValue.Str("") : values.getFirst();
        boolean numbers = first instanceof MetadataValue.Int || first instanceof MetadataValue.Float;
        for (MetadataValue value : values) {
            boolean number = value instanceof MetadataValue.Int || value instanceof MetadataValue.Float;
            if (numbers ? !number : value.getClass() != first.getClass()) {
                throw noVariant(in);
            }
        }
        return switch (first) {
            case MetadataValue.Bool ignored -> new MetadataValue.BoolArray(
                    values.stream().map(v -> ((MetadataValue.Bool) v).value()).toList());
            case MetadataValue.Int ignored -> numbers(values);
            case MetadataValue.Float ignored -> numbers(values);
            default -> new MetadataValue.StrArray(
                    values.stream().map(v -> ((MetadataValue.Str) v).value()).toList());
        };
    }

    private static MetadataValue numbers(List<MetadataValue> values) {
        if (values.stream().allMatch(MetadataValue.Int.class::isInstance)) {
            return new MetadataValue.IntArray(
                    values.stream().map(v -> ((MetadataValue.Int) v).value()).toList());
        }
        return new MetadataValue.FloatArray(values.stream()
                .map(v -> v instanceof MetadataValue.Int i
                        ? (Double) (double) i.value()
                        : (Double) ((MetadataValue.Float) v).value())
                .toList());
    }

    private static ForebayException noVariant(JsonIn in) {
        return in.shape(NO_VARIANT);
    }
}
