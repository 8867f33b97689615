package io.forebay.bench.peers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.model.MetadataValue;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Metadata as JSON, for peers that keep text. */
final class MetadataText {
    private static final JsonFactory FACTORY = new JsonFactory();

    private MetadataText() {}

    /** Null where there is none. */
    static @Nullable String of(@Nullable Map<String, MetadataValue> metadata) throws IOException {
        if (metadata == null) {
            return null;
        }
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            for (Map.Entry<String, MetadataValue> entry : metadata.entrySet()) {
                json.writeFieldName(entry.getKey());
                write(json, entry.getValue());
            }
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, MetadataValue value) throws IOException {
        switch (value) {
            case MetadataValue.Str text -> json.writeString(text.value());
            case MetadataValue.Int whole -> json.writeNumber(whole.value());
            case MetadataValue.Float real -> json.writeNumber(real.value());
            case MetadataValue.Bool flag -> json.writeBoolean(flag.value());
            case MetadataValue.StrArray texts -> {
                json.writeStartArray();
                for (String text : texts.values()) {
                    json.writeString(text);
                }
                json.writeEndArray();
            }
            default -> throw new IllegalArgumentException("no dataset has " + value);
        }
    }
}
