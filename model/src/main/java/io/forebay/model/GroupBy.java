package io.forebay.model;

import java.util.List;

/**
 * Keeps the k best records of each group. Records belong to the same group when the values of all keys are equal; one
 * without the key has an equal value as others without it.
 *
 * @param keys    metadata keys, at least one
 * @param largest keeps those with the largest values of {@code orderBy}, else those with the smallest
 * @param orderBy metadata keys or {@code #score}, at least one; the first that differs decides
 */
public record GroupBy(List<String> keys, boolean largest, List<String> orderBy, int k) {
    public static final int KEYS_MAX = 64;
    private static final String INVALID = "Validation error: searches.group_by: ";

    public GroupBy {
        keys = List.copyOf(keys);
        orderBy = List.copyOf(orderBy);
        require(!keys.isEmpty(), "keys cannot be empty");
        require(!orderBy.isEmpty(), "aggregate keys cannot be empty");
        require(keys.size() <= KEYS_MAX && orderBy.size() <= KEYS_MAX,
                "more than " + KEYS_MAX + " keys (limit group_by.keys)");
        require(k > 0, "aggregate k must be greater than 0");
        for (String key : keys) {
            require(!key.startsWith("#"), "keys must be metadata fields, got " + key);
        }
        for (String key : orderBy) {
            require(!key.startsWith("#") || key.equals(Select.SCORE),
                    "aggregate keys must be metadata fields or #score, got " + key);
        }
    }

    private static void require(boolean ok, String message) {
        if (!ok) {
            throw ForebayException.invalid(INVALID + message);
        }
    }
}
