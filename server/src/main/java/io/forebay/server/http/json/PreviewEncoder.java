package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.etl.preview.Preview;
import io.forebay.etl.preview.PreviewField;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The first documents of a file. */
public final class PreviewEncoder {
    private PreviewEncoder() {}

    public static void write(JsonGenerator out, Preview preview) throws IOException {
        out.writeStartObject();
        out.writeStringField("format", preview.format());
        JobEncoder.text(out, "compression", preview.compression());
        out.writeNumberField("documents", preview.documents());
        out.writeArrayFieldStart("fields");
        for (PreviewField field : preview.fields()) {
            out.writeStartObject();
            out.writeStringField("name", field.name());
            out.writeArrayFieldStart("types");
            for (String type : field.types()) {
                out.writeString(type);
            }
            out.writeEndArray();
            out.writeNumberField("filled", field.filled());
            out.writeStringField("example", field.example());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeArrayFieldStart("rows");
        for (Map<String, @Nullable Object> row : preview.rows()) {
            out.writeStartObject();
            for (Map.Entry<String, @Nullable Object> value : row.entrySet()) {
                out.writeFieldName(value.getKey());
                value(out, value.getValue());
            }
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeArrayFieldStart("errors");
        for (Preview.Trouble trouble : preview.errors()) {
            out.writeStartObject();
            out.writeStringField("where", trouble.where());
            out.writeStringField("message", trouble.message());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void value(JsonGenerator out, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> out.writeNull();
            case Long whole -> out.writeNumber(whole);
            case Double number when Double.isFinite(number) -> out.writeNumber(number);
            case Boolean flag -> out.writeBoolean(flag);
            default -> out.writeString(value.toString());
        }
    }
}
