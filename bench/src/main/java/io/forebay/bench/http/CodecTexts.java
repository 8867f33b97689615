package io.forebay.bench.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.forebay.bench.load.BenchData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Locale;

/** Real embeddings as the bodies of an add, as clients write them. */
final class CodecTexts {
    static final int RECORDS = 1000;

    /** How embeddings are written. */
    enum Form {
        /** As Python and JavaScript write a float: all digits of its double. */
        DOUBLES,
        /** As Java and Rust do: the shortest digits. */
        FLOATS,
        BASE64;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final JsonFactory FACTORY = new JsonFactory();

    private CodecTexts() {}

    static byte[] add(BenchData data, Form form) throws IOException {
        float[][] embeddings = data.embeddings(RECORDS);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            json.writeStartObject();
            json.writeArrayFieldStart("ids");
            for (int i = 0; i < embeddings.length; i++) {
                json.writeString("id-" + i);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("embeddings");
            for (float[] embedding : embeddings) {
                write(json, embedding, form);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    static void write(JsonGenerator json, float[] embedding, Form form) throws IOException {
        if (form == Form.BASE64) {
            ByteBuffer bytes = ByteBuffer.allocate(4 * embedding.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(embedding);
            json.writeString(Base64.getEncoder().encodeToString(bytes.array()));
            return;
        }
        json.writeStartArray();
        for (float value : embedding) {
            if (form == Form.DOUBLES) {
                json.writeNumber((double) value);
            } else {
                json.writeNumber(value);
            }
        }
        json.writeEndArray();
    }
}
