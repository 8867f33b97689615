package io.forebay.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.forebay.model.ForebayException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The JSON parser, configured once. */
final class JsonText {
    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
            .build();

    private JsonText() {}

    static JsonParser parser(byte[] body) throws IOException {
        return FACTORY.createParser(body);
    }

    /**
     * @throws ForebayException (INVALID_ARGUMENT) when the text is not exactly one JSON value; null is fine
     */
    static void check(@Nullable String json, String name) {
        if (json == null) {
            return;
        }
        try (JsonParser parser = FACTORY.createParser(json)) {
            if (parser.nextToken() == null) {
                throw ForebayException.invalid(name + " is empty, must be a JSON object");
            }
            parser.skipChildren();
            if (parser.nextToken() != null) {
                throw ForebayException.invalid(name + " goes on after its JSON value: " + json);
            }
        } catch (IOException e) {
            throw ForebayException.invalid(name + " is not JSON: " + json);
        }
    }
}
