package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.etl.embed.Embedded;
import io.forebay.etl.embed.EmbeddingConnection;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Embedding connections, and what they made. */
public final class EmbedEncoder {
    private EmbedEncoder() {}

    public static void write(JsonGenerator out, Embedded made) throws IOException {
        out.writeStartObject();
        out.writeArrayFieldStart("embeddings");
        for (float[] vector : made.vectors()) {
            Json.writeFloats(out, vector);
        }
        out.writeEndArray();
        out.writeStringField("connection", made.connection());
        out.writeStringField("model", made.model());
        out.writeNumberField("dimension", made.vectors()[0].length);
        out.writeNumberField("millis", StatusEncoder.rounded(made.millis()));
        out.writeEndObject();
    }

    /** Without addresses and keys. */
    public static void connections(JsonGenerator out, List<EmbeddingConnection> connections)
            throws IOException {
        out.writeStartArray();
        for (EmbeddingConnection connection : connections) {
            out.writeStartObject();
            out.writeStringField("name", connection.name());
            out.writeStringField("kind", connection.kind().name().toLowerCase(Locale.ROOT));
            JobEncoder.text(out, "model", connection.usualModel());
            if (connection.usualDimension() > 0) {
                out.writeNumberField("dimension", connection.usualDimension());
            } else {
                out.writeNullField("dimension");
            }
            out.writeEndObject();
        }
        out.writeEndArray();
    }
}
