package io.forebay.client;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Steps through the JSON of an answer; whatever is not as expected becomes one clear exception. */
final class AnswerReader {
    private AnswerReader() {}

    /** Reads a value at which the parser stands, and leaves it at the value's last token. */
    interface Reader<T> {
        T read(JsonParser json) throws IOException;
    }

    /** Reads the element of a list, which may be null. */
    interface ElementReader<T> {
        @Nullable
        T read(JsonParser json) throws IOException;
    }

    /** Takes the value of one field, or skips it. */
    interface FieldReader {
        void read(String name, JsonParser json) throws IOException;
    }

    static <T> T read(Answer answer, Reader<T> reader) {
        try (JsonParser json = JsonText.parser(answer.body())) {
            json.nextToken();
            return reader.read(json);
        } catch (IOException | IllegalArgumentException e) {
            throw new ForebayException(ErrorCode.INTERNAL, "the answer of " + answer.route()
                    + " is not what Chroma's API says: " + e.getMessage(), e);
        }
    }

    static void object(JsonParser json, FieldReader fields) throws IOException {
        expect(json, JsonToken.START_OBJECT);
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            fields.read(name, json);
            // A field that the reader did not want is passed over whole.
            if (json.currentToken() == JsonToken.START_OBJECT
                    || json.currentToken() == JsonToken.START_ARRAY) {
                json.skipChildren();
            }
        }
    }

    /** A null array is read as a null list. */
    static <T> @Nullable List<T> list(JsonParser json, ElementReader<T> element)
            throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        expect(json, JsonToken.START_ARRAY);
        List<T> all = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            all.add(element.read(json));
        }
        return all;
    }

    static @Nullable String text(JsonParser json) throws IOException {
        return json.currentToken() == JsonToken.VALUE_NULL ? null : json.getText();
    }

    static String requiredText(JsonParser json) throws IOException {
        expect(json, JsonToken.VALUE_STRING);
        return json.getText();
    }

    static float @Nullable [] floats(JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        expect(json, JsonToken.START_ARRAY);
        float[] values = new float[384];
        int count = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (count == values.length) {
                values = Arrays.copyOf(values, 2 * count);
            }
            values[count++] = json.currentToken() == JsonToken.VALUE_NULL ? Float.NaN : json.getFloatValue();
        }
        return count == values.length ? values : Arrays.copyOf(values, count);
    }

    static void expect(JsonParser json, JsonToken token) throws IOException {
        if (json.currentToken() != token) {
            throw new IOException("expected " + token + " and found " + json.currentToken() + " at line "
                    + json.currentTokenLocation().getLineNr() + " column "
                    + json.currentTokenLocation().getColumnNr());
        }
    }
}
