package io.forebay.etl.embed;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What goes to an OpenAI-compatible service and what comes back. An answer is believed only if it has exactly one vector for
 * each text, by index, all finite and of one dimension; else an IOException says what is wrong with it.
 */
final class EmbeddingMessages {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER).build();
    private static final int DIMENSION_MAX = 65_536;
    private static final int ERROR_CHARACTERS_MAX = 300;

    private EmbeddingMessages() {}

    /** @param dimension 0: not asked for */
    static byte[] request(String model, List<String> texts, int dimension) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("model", model);
            json.writeArrayFieldStart("input");
            for (String text : texts) {
                // Services refuse a whole call for one empty text.
                json.writeString(text.isEmpty() ? " " : text);
            }
            json.writeEndArray();
            json.writeStringField("encoding_format", "float");
            if (dimension > 0) {
                json.writeNumberField("dimensions", dimension);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    static float[][] answer(byte[] body, int texts) throws IOException {
        float[][] vectors = new float[texts][];
        int count = -1;
        try (JsonParser json = JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("the answer is not a JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean data = json.currentName().equals("data");
                json.nextToken();
                if (data) {
                    count = readData(json, vectors);
                } else {
                    json.skipChildren();
                }
            }
        }
        if (count < 0) {
            throw new IOException("the answer has no \"data\"");
        }
        if (count != texts) {
            throw new IOException(
                    "the answer has " + count + " vectors for " + texts + " texts");
        }
        for (float[] vector : vectors) {
            if (vector.length != vectors[0].length) {
                throw new IOException("the answer has vectors of dimension " + vectors[0].length + " and of "
                        + vector.length);
            }
        }
        return vectors;
    }

    private static int readData(JsonParser json, float[][] vectors) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw new IOException("\"data\" of the answer is not a list");
        }
        int count = 0;
        while (json.nextToken() == JsonToken.START_OBJECT) {
            readItem(json, vectors, count++);
        }
        if (json.currentToken() != JsonToken.END_ARRAY) {
            throw new IOException("\"data\" of the answer has an item that is not an object");
        }
        return count;
    }

    /** An item without an index is for the text at its own place. */
    private static void readItem(JsonParser json, float[][] vectors, int place) throws IOException {
        int index = place;
        float[] vector = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            if (name.equals("index")) {
                index = json.getIntValue();
            } else if (name.equals("embedding")) {
                vector = readVector(json);
            } else {
                json.skipChildren();
            }
        }
        if (vector == null) {
            throw new IOException("item " + place + " of the answer has no \"embedding\"");
        }
        if (index < 0 || index >= vectors.length) {
            throw new IOException("the answer has a vector with index " + index + " for " + vectors.length
                    + " texts");
        }
        if (vectors[index] != null) {
            throw new IOException("the answer has two vectors with index " + index);
        }
        vectors[index] = vector;
    }

    private static float[] readVector(JsonParser json) throws IOException {
        float[] vector = switch (json.currentToken()) {
            case START_ARRAY -> readNumbers(json);
            case VALUE_STRING -> readBase64(json);
            default -> throw new IOException("an \"embedding\" of the answer is neither a list nor base64");
        };
        if (vector.length == 0 || vector.length > DIMENSION_MAX) {
            throw new IOException("the answer has a vector of dimension " + vector.length);
        }
        for (float x : vector) {
            if (!Float.isFinite(x)) {
                throw new IOException("the answer has a vector with " + x + " in it");
            }
        }
        return vector;
    }

    private static float[] readNumbers(JsonParser json) throws IOException {
        float[] numbers = new float[1536];
        int size = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() == null || !json.currentToken().isNumeric()) {
                throw new IOException("an \"embedding\" of the answer has " + json.getText() + " in it");
            }
            if (size == numbers.length) {
                numbers = Arrays.copyOf(numbers, size * 2);
            }
            numbers[size++] = json.getFloatValue();
        }
        return Arrays.copyOf(numbers, size);
    }

    private static float[] readBase64(JsonParser json) throws IOException {
        byte[] bytes = json.getBinaryValue();
        if (bytes.length % Float.BYTES != 0) {
            throw new IOException("an \"embedding\" of the answer has " + bytes.length
                    + " bytes, not a number of float32");
        }
        float[] vector = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
        return vector;
    }

    /**
     * What the service says of an error: {@code error.message}, or the beginning of whatever it sent.
     *
     * @param hidden takes out what nobody may see; it gets all of the text, as half a key would not be found
     */
    static String error(byte[] body, UnaryOperator<String> hidden) {
        String said = "";
        try (JsonParser json = JSON.createParser(body)) {
            while (said.isEmpty() && json.nextToken() != null) {
                String name = json.currentName();
                if (json.currentToken() == JsonToken.VALUE_STRING
                        && ("message".equals(name) || "error".equals(name) || "detail".equals(name))) {
                    said = json.getText();
                }
            }
        } catch (IOException e) {
            said = "";
        }
        String all = said.isEmpty() ? new String(body, StandardCharsets.UTF_8) : said;
        String line = hidden.apply(all).replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return line.length() > ERROR_CHARACTERS_MAX ? line.substring(0, ERROR_CHARACTERS_MAX) + " ..." : line;
    }
}
