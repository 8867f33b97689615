package io.forebay.etl.preview;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gathers what fields there are. For one thread. */
final class FieldSketch {
    private static final int TEXT_LENGTH_MAX = 500;
    private static final int EXAMPLE_LENGTH_MAX = 120;
    private static final int FIELDS_MAX = 1000;
    /** Elements of a list that are shown. */
    private static final int ELEMENTS_MAX = 8;

    private final Map<String, Seen> fields = new LinkedHashMap<>();

    private static final class Seen {
        final Set<String> types = new LinkedHashSet<>();
        int filled;
        String example = "";
    }

    void add(Map<String, @Nullable Object> document) {
        document.forEach((name, value) -> {
            if (!fields.containsKey(name) && fields.size() >= FIELDS_MAX) {
                return;
            }
            Seen seen = fields.computeIfAbsent(name, first -> new Seen());
            if (value != null && !"".equals(value)) {
                seen.filled++;
                seen.types.add(type(value));
                if (seen.example.isEmpty()) {
                    seen.example = cut(String.valueOf(shown(value)), EXAMPLE_LENGTH_MAX);
                }
            }
        });
    }

    List<PreviewField> fields() {
        List<PreviewField> all = new ArrayList<>();
        fields.forEach((name, seen) -> all.add(
                new PreviewField(name, List.copyOf(seen.types), seen.filled, seen.example)));
        return all;
    }

    /** As it is shown. */
    static Map<String, @Nullable Object> row(Map<String, @Nullable Object> document) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        document.forEach((name, value) -> {
            if (row.size() < FIELDS_MAX) {
                row.put(name, value == null ? null : shown(value));
            }
        });
        return row;
    }

    private static String type(Object value) {
        return switch (value) {
            case String ignored -> "string";
            case Long ignored -> "integer";
            case Double ignored -> "number";
            case Boolean ignored -> "boolean";
            case float[] ignored -> "vector";
            case List<?> list ->
                list.size() > 1 && list.stream().allMatch(Number.class::isInstance) ? "vector" : "list";
            default -> "map";
        };
    }

    private static Object shown(Object value) {
        return switch (value) {
            case String text -> cut(text, TEXT_LENGTH_MAX);
            case List<?> list -> {
                StringBuilder text = new StringBuilder("[");
                for (int i = 0; i < Math.min(list.size(), ELEMENTS_MAX); i++) {
                    text.append(i == 0 ? "" : ", ").append(cut(String.valueOf(list.get(i)), TEXT_LENGTH_MAX));
                }
                yield cut(text.append(list.size() > ELEMENTS_MAX ? ", … " + list.size() + " in all]" : "]")
                        .toString(), TEXT_LENGTH_MAX);
            }
            case float[] vector -> cut(Arrays.toString(vector), TEXT_LENGTH_MAX);
            case Map<?, ?> map -> cut(map.toString(), TEXT_LENGTH_MAX);
            default -> value;
        };
    }

    /** Not in the middle of a character. */
    private static String cut(String text, int lengthMax) {
        if (text.length() <= lengthMax) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(lengthMax - 1)) ? lengthMax - 1 : lengthMax;
        return text.substring(0, end) + "…";
    }
}
