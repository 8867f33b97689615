package io.forebay.client.dataset;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.forebay.model.MetadataValue;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of JSON, read into the fields of a record. Used again for each line; not thread-safe.
 *
 * <p>Failure: {@link IllegalArgumentException} says what is wrong with the line.
 */
final class RecordLine {
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
            .build();

    private final RecordFields fields;
    private float[] floats = new float[384];
    private int embeddingRank;
    @Nullable
    String id;
    float @Nullable [] embedding;
    @Nullable
    String document;
    @Nullable
    String uri;
    @Nullable
    Map<String, MetadataValue> metadata;

    RecordLine(RecordFields fields) {
        this.fields = fields;
    }

    void parse(byte[] bytes, int start, int length) throws IOException {
        id = null;
        embedding = null;
        embeddingRank = Integer.MAX_VALUE;
        document = null;
        uri = null;
        metadata = null;
        try (JsonParser json = JSON.createParser(bytes, start, length)) {
            require(json.nextToken() == JsonToken.START_OBJECT, "not a JSON object");
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                json.nextToken();
                field(name, json);
            }
            require(json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null,
                    "goes on after its JSON object");
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage()
                    + " (column " + e.getLocation().getColumnNr() + ")");
        }
    }

    private void field(String name, JsonParser json) throws IOException {
        if (name.equals(fields.id())) {
            id = json.hasToken(JsonToken.VALUE_NUMBER_INT) ? json.getText() : text(name, json);
            require(id != null && !id.isEmpty(), "field '" + name + "' is empty");
        } else if (fields.embedding().contains(name)) {
            int rank = fields.embedding().indexOf(name);
            float[] values = floats(name, json);
            if (rank < embeddingRank) {
                embeddingRank = rank;
                embedding = values;
            }
        } else if (name.equals(fields.document())) {
            document = text(name, json);
        } else if (name.equals(fields.uri())) {
            uri = text(name, json);
        } else if (name.equals(fields.metadata())) {
            Map<String, MetadataValue> values = JsonMetadata.read(json, name);
            if (values != null) {
                values.forEach((key, value) -> metadata().put(key, value));
            }
        } else if (fields.isMetadata(name)) {
            MetadataValue value = JsonMetadata.value(json, name);
            if (value != null) {
                metadata().put(name, value);
            }
        } else {
            json.skipChildren();
        }
    }

    private Map<String, MetadataValue> metadata() {
        if (metadata == null) {
            metadata = new LinkedHashMap<>();
        }
        return metadata;
    }

    private static @Nullable String text(String name, JsonParser json) throws IOException {
        if (json.hasToken(JsonToken.VALUE_NULL)) {
            return null;
        }
        require(json.hasToken(JsonToken.VALUE_STRING), "field '" + name + "' is not a text");
        return json.getText();
    }

    private float @Nullable [] floats(String name, JsonParser json) throws IOException {
        if (json.hasToken(JsonToken.VALUE_NULL)) {
            return null;
        }
        require(json.hasToken(JsonToken.START_ARRAY), "field '" + name + "' is not an array of numbers");
        int count = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            require(json.currentToken().isNumeric(), "component " + count + " of '" + name
                    + "' is not a number");
            if (count == floats.length) {
                floats = Arrays.copyOf(floats, 2 * count);
            }
            float value = json.getFloatValue();
            require(Float.isFinite(value), "component " + count + " of '" + name + "' is " + json.getText()
                    + ", which a float32 cannot be");
            floats[count++] = value;
        }
        return Arrays.copyOf(floats, count);
    }

    private static void require(boolean ok, String what) {
        if (!ok) {
            throw new IllegalArgumentException(what);
        }
    }
}
