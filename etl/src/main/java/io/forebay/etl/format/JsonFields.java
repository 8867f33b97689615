package io.forebay.etl.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON object into fields. Of a name that is there twice the last value holds. Integers that a long cannot hold
 * become floats; NaN and Infinity, which Python writes, are taken.
 *
 * <p>Not thread-safe.
 */
final class JsonFields {
    private static final int DEPTH_MAX = 100;
    private static final int NAME_LENGTH_MAX = 50_000;
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE)
                    .maxNestingDepth(DEPTH_MAX).maxNameLength(NAME_LENGTH_MAX).build())
            .build();

    private final @Nullable String embeddingField;
    private final String charset;
    private final Floats floats = new Floats();

    /** @param charset that the text had, for messages: what was not valid in it is not valid here */
    JsonFields(@Nullable String embeddingField, String charset) {
        this.charset = charset;
        this.embeddingField = embeddingField;
    }

    /** @throws BadDocumentException that says what is wrong and, where that helps, in which column */
    Map<String, @Nullable Object> read(byte[] bytes, int start, int length) throws BadDocumentException {
        int bad = Utf8.firstBad(bytes, start, start + length);
        if (bad >= 0) {
            throw new BadDocumentException("not valid " + charset + place(bytes, start, bad));
        }
        for (int i = start; i < start + Math.min(4, length); i++) {
            if (bytes[i] == 0) { // which would have the parser take it for UTF-16
                throw new BadDocumentException("not JSON: a NUL character" + place(bytes, start, i));
            }
        }
        try (JsonParser json = JSON.createParser(bytes, start, length)) {
            return object(json);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            long offset = at == null || at.getByteOffset() < 0 ? length : at.getByteOffset();
            throw new BadDocumentException("not JSON: " + e.getOriginalMessage()
                    + place(bytes, start, start + (int) Math.min(length, offset)));
        } catch (IOException e) {
            throw new BadDocumentException("not JSON: " + e.getMessage());
        }
    }

    /** Where in a piece of text, for people. */
    private static String place(byte[] bytes, int start, int at) {
        int lineStart = start;
        int lines = 1;
        for (int i = start; i < at; i++) {
            if (bytes[i] == '\n') {
                lines++;
                lineStart = i + 1;
            }
        }
        int column = 1 + Utf8.characters(bytes, lineStart, at);
        return lines == 1 ? " (column " + column + ")" : " (its line " + lines + ", column " + column + ")";
    }

    private Map<String, @Nullable Object> object(JsonParser json) throws IOException, BadDocumentException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new BadDocumentException("not a JSON object");
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken token = json.nextToken();
            boolean vector = token == JsonToken.START_ARRAY && name.equals(embeddingField);
            fields.put(name, vector ? vector(json, name) : value(json));
        }
        if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
            throw new BadDocumentException("goes on after its JSON object");
        }
        return fields;
    }

    private static @Nullable Object value(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> map(json);
            case START_ARRAY -> list(json, new ArrayList<>());
            case VALUE_NUMBER_INT -> integer(json);
            case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            case VALUE_NULL -> null;
            default -> json.getText();
        };
    }

    private static Object integer(JsonParser json) throws IOException {
        if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            return json.getDoubleValue();
        }
        return json.getLongValue();
    }

    private static Map<String, @Nullable Object> map(JsonParser json) throws IOException {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            map.put(name, value(json));
        }
        return map;
    }

    private static List<@Nullable Object> list(JsonParser json, List<@Nullable Object> list)
            throws IOException {
        while (json.nextToken() != JsonToken.END_ARRAY) {
            list.add(value(json));
        }
        return list;
    }

    /** Numbers go straight into floats; what holds something else is a list as elsewhere. */
    private Object vector(JsonParser json, String name) throws IOException, BadDocumentException {
        floats.clear();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (!json.currentToken().isNumeric()) {
                List<@Nullable Object> list = floats.boxed();
                list.add(value(json));
                return list(json, list);
            }
            floats.add(json.getFloatValue());
        }
        return floats.checked(name);
    }
}
