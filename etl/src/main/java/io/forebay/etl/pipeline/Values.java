package io.forebay.etl.pipeline;

import io.forebay.model.MetadataValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Values of a file as metadata. */
final class Values {
    private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9]\\d{0,17})");
    private static final Pattern DECIMAL = Pattern
            .compile("-?(0|[1-9]\\d{0,17})(\\.\\d{1,17})?([eE][+-]?\\d{1,3})?");

    private Values() {}

    /**
     * Null for what is stored as nothing. Lists of one kind stay lists; what Chroma has no type for (objects, mixed lists)
     * becomes its JSON text.
     *
     * @param typed whether the format has types; where not, texts that are numbers or truth values become them (but not
     *              numbers with leading zeros, which are codes)
     */
    static @Nullable MetadataValue metadata(@Nullable Object value, boolean typed) {
        return switch (value) {
            case null -> null;
            case String s -> typed ? MetadataValue.of(s) : untyped(s);
            case Long n -> MetadataValue.of(n.longValue());
            case Double d -> MetadataValue.of(d.doubleValue());
            case Boolean b -> MetadataValue.of(b.booleanValue());
            case float[] floats -> floats(floats);
            case List<?> list -> list(list);
            default -> MetadataValue.of(JsonWriter.text(value));
        };
    }

    private static MetadataValue untyped(String text) {
        if (text.equals("true") || text.equals("false")) {
            return MetadataValue.of(text.equals("true"));
        }
        if (text.length() <= 40 && INTEGER.matcher(text).matches()) {
            return MetadataValue.of(Long.parseLong(text));
        }
        if (text.length() <= 40 && DECIMAL.matcher(text).matches()) {
            double number = Double.parseDouble(text);
            if (Double.isFinite(number)) {
                return MetadataValue.of(number);
            }
        }
        return MetadataValue.of(text);
    }

    private static MetadataValue floats(float[] values) {
        List<Double> all = new ArrayList<>(values.length);
        for (float value : values) {
            all.add((double) value);
        }
        return new MetadataValue.FloatArray(all);
    }

    private static @Nullable MetadataValue list(List<?> list) {
        if (list.isEmpty()) {
            return null;
        }
        if (list.stream().allMatch(String.class::isInstance)) {
            return new MetadataValue.StrArray(list.stream().map(String.class::cast).toList());
        }
        if (list.stream().allMatch(Long.class::isInstance)) {
            return new MetadataValue.IntArray(list.stream().map(Long.class::cast).toList());
        }
        if (list.stream().allMatch(Boolean.class::isInstance)) {
            return new MetadataValue.BoolArray(list.stream().map(Boolean.class::cast).toList());
        }
        if (list.stream().allMatch(Number.class::isInstance)) {
            return new MetadataValue.FloatArray(
                    list.stream().map(n -> ((Number) n).doubleValue()).toList());
        }
        return MetadataValue.of(JsonWriter.text(list));
    }

    /** Null for none: absent, empty or blank. */
    static @Nullable String text(@Nullable Object value) {
        String text = switch (value) {
            case null -> null;
            case String s -> s;
            case List<?> list -> list.isEmpty() ? null : JsonWriter.text(list);
            case Map<?, ?> map -> map.isEmpty() ? null : JsonWriter.text(map);
            case float[] ignored -> null;
            default -> String.valueOf(value);
        };
        return text == null || text.isBlank() ? null : text;
    }
}
