package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.model.MetadataValue;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Metadata as JSON; an int stays {@code 5}, a float stays {@code 5.0}. Chroma's own keys are not shown. */
final class MetadataEncoder {
    private static final String RESERVED = "chroma:";

    private MetadataEncoder() {}

    static void write(JsonGenerator out, @Nullable Map<String, MetadataValue> metadata) throws IOException {
        if (metadata == null || metadata.keySet().stream().allMatch(key -> key.startsWith(RESERVED))) {
            out.writeNull();
            return;
        }
        out.writeStartObject();
        for (Map.Entry<String, MetadataValue> entry : metadata.entrySet()) {
            if (!entry.getKey().startsWith(RESERVED)) {
                out.writeFieldName(entry.getKey());
                value(out, entry.getValue());
            }
        }
        out.writeEndObject();
    }

    private static void value(JsonGenerator out, MetadataValue value) throws IOException {
        switch (value) {
            case MetadataValue.Str text -> out.writeString(text.value());
            case MetadataValue.Int whole -> out.writeNumber(whole.value());
            case MetadataValue.Float real -> out.writeNumber(real.value());
            case MetadataValue.Bool bool -> out.writeBoolean(bool.value());
            case MetadataValue.Null ignored -> out.writeNull();
            case MetadataValue.Sparse sparse -> SparseJson.write(out, sparse.vector());
            case MetadataValue.StrArray array -> {
                out.writeStartArray();
                for (String one : array.values()) {
                    out.writeString(one);
                }
                out.writeEndArray();
            }
            case MetadataValue.IntArray array -> {
                out.writeStartArray();
                for (long one : array.values()) {
                    out.writeNumber(one);
                }
                out.writeEndArray();
            }
            case MetadataValue.FloatArray array -> {
                out.writeStartArray();
                for (double one : array.values()) {
                    out.writeNumber(one);
                }
                out.writeEndArray();
            }
            case MetadataValue.BoolArray array -> {
                out.writeStartArray();
                for (boolean one : array.values()) {
                    out.writeBoolean(one);
                }
                out.writeEndArray();
            }
        }
    }
}
