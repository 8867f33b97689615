package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A small value read whole, for filters and configuration, whose rules need more than one look: objects as maps (the
 * last of equal keys wins), arrays as lists, strings, {@link Long}, {@link Double}, {@link Boolean}, null.
 */
final class JsonTree {
    private JsonTree() {}

    static @Nullable Object read(JsonIn in) throws IOException {
        return switch (in.token()) {
            case START_OBJECT -> object(in);
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                in.array("a sequence", () -> list.add(read(in)));
                yield list;
            }
            case VALUE_STRING -> in.string();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(in);
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            case VALUE_NULL -> null;
            default -> throw in.wrongType("a value");
        };
    }

    private static Map<String, @Nullable Object> object(JsonIn in) throws IOException {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        in.object("a map", name -> {
            map.put(name, read(in));
            // Not known, so that it may come again; what was read is not skipped twice.
            return false;
        });
        return map;
    }

    private static Number number(JsonIn in) throws IOException {
        JsonParser parser = in.parser();
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return parser.getLongValue();
        }
        return in.finite(parser.getDoubleValue());
    }
}
