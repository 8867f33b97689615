package io.forebay.bench.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes maps, lists, records (their components in order), texts, numbers and flags as indented JSON. What
 * JSON has no number for (NaN, infinity) is null.
 */
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    static String text(@Nullable Object value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)
                .setPrettyPrinter(new DefaultPrettyPrinter())) {
            write(json, value);
        } catch (IOException e) {
            throw new IllegalArgumentException("not written as JSON: " + value, e);
        }
        return text.append('\n').toString();
    }

    private static void write(JsonGenerator json, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> json.writeNull();
            case String text -> json.writeString(text);
            case Boolean flag -> json.writeBoolean(flag);
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case Double number -> writeNumber(json, number);
            case Enum<?> constant -> json.writeString(constant.toString());
            case Map<?, ?> map -> writeMap(json, map);
            case Iterable<?> all -> writeList(json, all);
            case Record fields -> writeRecord(json, fields);
            default -> throw new IllegalArgumentException(value.getClass() + " has no form in JSON here");
        }
    }

    private static void writeNumber(JsonGenerator json, double number) throws IOException {
        if (Double.isFinite(number)) {
            json.writeNumber(number);
        } else {
            json.writeNull();
        }
    }

    private static void writeMap(JsonGenerator json, Map<?, ?> map) throws IOException {
        json.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            json.writeFieldName(String.valueOf(entry.getKey()));
            write(json, entry.getValue());
        }
        json.writeEndObject();
    }

    private static void writeList(JsonGenerator json, Iterable<?> all) throws IOException {
        json.writeStartArray();
        for (Object one : all) {
            write(json, one);
        }
        json.writeEndArray();
    }

    private static void writeRecord(JsonGenerator json, Record fields) throws IOException {
        json.writeStartObject();
        for (RecordComponent component : fields.getClass().getRecordComponents()) {
            json.writeFieldName(component.getName());
            write(json, read(component, fields));
        }
        json.writeEndObject();
    }

    private static @Nullable Object read(RecordComponent component, Record from) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(from);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }
}
