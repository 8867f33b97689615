package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A body being read, with the checks that every decoder needs and the messages that go with them.
 *
 * <p>Convention: a method that reads a value finds its first token as the current one and leaves its last token as the
 * current one.
 *
 * <p>Threads: one.
 */
public final class JsonIn {
    private static final long U32_MAX = 0xFFFF_FFFFL;

    private final BodyParser parser;

    JsonIn(BodyParser parser) {
        this.parser = parser;
    }

    /** Reads the value of one field; false when the field is not known, so that it is skipped. */
    @FunctionalInterface
    interface Fields {
        boolean read(String name) throws IOException;
    }

    @FunctionalInterface
    interface Element {
        void read() throws IOException;
    }

    BodyParser parser() {
        return parser;
    }

    @Nullable
    JsonToken next() throws IOException {
        return parser.nextToken();
    }

    JsonToken token() {
        JsonToken token = parser.currentToken();
        return token == null ? JsonToken.NOT_AVAILABLE : token;
    }

    boolean isNull() {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    /** Unknown fields are ignored, a known field that comes twice is an error. */
    void object(String expected, Fields fields) throws IOException {
        if (token() != JsonToken.START_OBJECT) {
            throw wrongType(expected);
        }
        Set<String> seen = new HashSet<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (seen.contains(name)) {
                throw shape("duplicate field `" + name + "`");
            }
            parser.nextToken();
            if (fields.read(name)) {
                seen.add(name);
            } else {
                parser.skipChildren();
            }
        }
    }

    void array(String expected, Element element) throws IOException {
        if (token() != JsonToken.START_ARRAY) {
            throw wrongType(expected);
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            element.read();
        }
    }

    String string() throws IOException {
        if (token() != JsonToken.VALUE_STRING) {
            throw wrongType("a string");
        }
        String text = parser.getText();
        // Half a surrogate pair (as "\ud800") has no UTF-8 form: two such ids would be stored as one.
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                requirePairs(text, i);
                break;
            }
        }
        return text;
    }

    private void requirePairs(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            boolean pair = Character.isHighSurrogate(c) && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (!pair) {
                throw syntax("lone surrogate in hex escape");
            }
            i++;
        }
    }

    @Nullable
    String nullableString() throws IOException {
        return isNull() ? null : string();
    }

    List<String> strings() throws IOException {
        List<String> values = new ArrayList<>();
        array("a sequence", () -> values.add(string()));
        return values;
    }

    boolean bool() throws IOException {
        return switch (token()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw wrongType("a boolean");
        };
    }

    /** A u32 as Chroma says; more than an int holds is as good as the largest int. */
    int u32() throws IOException {
        if (token() != JsonToken.VALUE_NUMBER_INT) {
            throw wrongType("u32");
        }
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw shape("invalid value: integer `" + parser.getText() + "`, expected u32");
        }
        long value = parser.getLongValue();
        if (value < 0 || value > U32_MAX) {
            throw shape("invalid value: integer `" + value + "`, expected u32");
        }
        return (int) Math.min(value, Integer.MAX_VALUE);
    }

    /**
     * Reads the array of float32 that begins here: from the bytes, or, where these hold anything unusual, by tokens.
     *
     * @return how many numbers {@link BodyParser#floats} begins with
     */
    int floats() throws IOException {
        int count = parser.takeFloats();
        if (count >= 0) {
            parser.nextToken();
            return count;
        }
        count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (!token().isNumeric()) {
                throw wrongType("f32");
            }
            parser.putFloat(count++, float32());
        }
        return count;
    }

    /** The number here. */
    float float32() throws IOException {
        float value = parser.getFloatValue();
        // Jackson takes -0 for a whole number, which has no sign.
        return value == 0 && parser.getText().startsWith("-") ? -0.0f : value;
    }

    /** A u64, as far as a long holds it. */
    long u64() throws IOException {
        if (token() != JsonToken.VALUE_NUMBER_INT) {
            throw wrongType("u64");
        }
        boolean tooLarge = parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER;
        if (tooLarge || parser.getLongValue() < 0) {
            throw shape("invalid value: integer `" + shorten(parser.getText()) + "`, expected u64");
        }
        return parser.getLongValue();
    }

    double number() throws IOException {
        if (!token().isNumeric()) {
            throw wrongType("f64");
        }
        return finite(parser.getDoubleValue());
    }

    /** JSON has no infinity; a number that only fits there is refused where it is read. */
    double finite(double value) {
        if (!Double.isFinite(value)) {
            throw syntax("number out of range");
        }
        return value;
    }

    ForebayException wrongType(String expected) throws IOException {
        return shape("invalid type: " + describe() + ", expected " + expected);
    }

    ForebayException missing(String field) {
        return shape("missing field `" + field + "`");
    }

    /** 422: well-formed, but not what is expected here. */
    ForebayException shape(String reason) {
        String path = path();
        return new ForebayException(ErrorCode.UNPROCESSABLE,
                "Failed to deserialize the JSON body into the target type: "
                        + (path.isEmpty() ? "" : path + ": ") + reason
                        + Json.behind(parser.currentLocation()));
    }

    ForebayException syntax(String reason) {
        return Json.syntaxError(reason, parser.currentLocation());
    }

    private String describe() throws IOException {
        return switch (token()) {
            case VALUE_NULL -> "null";
            case VALUE_TRUE -> "boolean `true`";
            case VALUE_FALSE -> "boolean `false`";
            case VALUE_STRING -> "string \"" + shorten(parser.getText()) + "\"";
            case VALUE_NUMBER_INT -> "integer `" + shorten(parser.getText()) + "`";
            case VALUE_NUMBER_FLOAT -> "floating point `" + shorten(parser.getText()) + "`";
            case START_ARRAY -> "sequence";
            case START_OBJECT -> "map";
            default -> "end of input";
        };
    }

    private static String shorten(String text) {
        if (text.length() <= 64) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(63)) ? 63 : 64;
        return text.substring(0, end) + "…";
    }

    /** Where the current value is, as {@code embeddings[2][17]}. */
    String path() {
        JsonStreamContext context = parser.getParsingContext();
        if (token().isStructStart() && context.getParent() != null) {
            // The container that is wrong, not its first element.
            context = context.getParent();
        }
        StringBuilder path = new StringBuilder();
        for (; context != null && !context.inRoot(); context = context.getParent()) {
            if (context.inArray()) {
                path.insert(0, "[" + Math.max(0, context.getCurrentIndex()) + "]");
            } else if (context.hasCurrentName()) {
                path.insert(0, "." + shorten(context.getCurrentName()));
            }
        }
        return path.isEmpty() || path.charAt(0) != '.' ? path.toString() : path.substring(1);
    }
}
