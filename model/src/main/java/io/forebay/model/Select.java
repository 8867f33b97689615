package io.forebay.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * What of the records found a search answers; ids always are.
 *
 * @param keys each once: {@code #document}, {@code #embedding}, {@code #metadata}, {@code #score}, then metadata keys
 */
public record Select(List<String> keys) {
    public static final String DOCUMENT = "#document";
    public static final String EMBEDDING = "#embedding";
    public static final String METADATA = "#metadata";
    public static final String SCORE = "#score";
    private static final List<String> SPECIAL = List.of(DOCUMENT, EMBEDDING, METADATA, SCORE);
    // Behind what its constructor uses.
    public static final Select IDS = new Select(List.of());

    public Select {
        keys = sorted(keys);
    }

    public static Select of(String... keys) {
        return new Select(List.of(keys));
    }

    private static List<String> sorted(Collection<String> keys) {
        TreeSet<String> fields = new TreeSet<>(keys);
        List<String> sorted = new ArrayList<>();
        for (String special : SPECIAL) {
            if (fields.remove(special)) {
                sorted.add(special);
            }
        }
        sorted.addAll(fields);
        return List.copyOf(sorted);
    }

    public boolean has(String key) {
        return keys.contains(key);
    }

    /** The metadata keys that are named one by one. */
    public List<String> fields() {
        return keys.stream().filter(key -> !SPECIAL.contains(key)).toList();
    }

    /** Whether metadata is answered, all of it or some keys. */
    public boolean anyMetadata() {
        return has(METADATA) || !fields().isEmpty();
    }
}
