package io.forebay.client;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.forebay.model.MetadataValue;
import io.forebay.model.SparseVector;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sparse vectors to and from JSON, in Chroma's form: an object with {@code #type}. */
final class SparseJson {
    private SparseJson() {}

    static void write(SparseVector vector, JsonSink out) {
        out.raw("{\"#type\":\"sparse_vector\",\"indices\":[");
        for (int i = 0; i < vector.size(); i++) {
            if (i > 0) {
                out.ascii(',');
            }
            out.number(Integer.toUnsignedLong(vector.indices()[i]));
        }
        out.raw("],\"values\":[");
        for (int i = 0; i < vector.size(); i++) {
            if (i > 0) {
                out.ascii(',');
            }
            out.number(vector.values()[i]);
        }
        out.raw("]");
        if (vector.tokens() != null) {
            out.raw(",\"tokens\":");
            MetadataJson.writeArray(vector.tokens().stream().map(MetadataValue::of).toList(), out);
        }
        out.ascii('}');
    }

    /** The parser stands at the object's start; null for an object of another kind, which is skipped. */
    static @Nullable MetadataValue read(JsonParser json) throws IOException {
        List<Integer> indices = new ArrayList<>();
        List<Float> values = new ArrayList<>();
        List<String> tokens = new ArrayList<>();
        boolean isSparse = false;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken token = json.nextToken();
            if (name.equals("#type")) {
                isSparse = token == JsonToken.VALUE_STRING && json.getText().equals("sparse_vector");
            } else if (token == JsonToken.START_ARRAY && name.equals("indices")) {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    indices.add((int) json.getLongValue());
                }
            } else if (token == JsonToken.START_ARRAY && name.equals("values")) {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    values.add(json.getFloatValue());
                }
            } else if (token == JsonToken.START_ARRAY && name.equals("tokens")) {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    tokens.add(json.getText());
                }
            } else {
                json.skipChildren();
            }
        }
        return isSparse ? MetadataValue.of(vector(indices, values, tokens)) : null;
    }

    private static SparseVector vector(List<Integer> indices, List<Float> values, List<String> tokens) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i);
        }
        return new SparseVector(indices.stream().mapToInt(i -> i).toArray(), floats, tokens);
    }
}
