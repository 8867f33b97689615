package io.forebay.server.http.route;

import io.forebay.model.ForebayException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The query string, with Chroma's messages for what is wrong with it. Unknown parameters are ignored. */
record QueryParams(Map<String, String> values) {
    private static final String FAILED = "Failed to deserialize query string: ";

    static QueryParams parse(String query) {
        Map<String, String> values = new HashMap<>();
        int from = 0;
        while (from < query.length()) {
            int end = query.indexOf('&', from);
            end = end < 0 ? query.length() : end;
            String pair = query.substring(from, end);
            from = end + 1;
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = PathText.decode(equals < 0 ? pair : pair.substring(0, equals), true);
            values.put(name, equals < 0 ? "" : PathText.decode(pair.substring(equals + 1), true));
        }
        return new QueryParams(values);
    }

    @Nullable
    String text(String name) {
        return values.get(name);
    }

    /** A whole number from 0. */
    @Nullable
    Long i64(String name) {
        String text = values.get(name);
        if (text == null) {
            return null;
        }
        if (text.isEmpty()) {
            throw ForebayException.invalid(FAILED + name + ": cannot parse integer from empty string");
        }
        if (!text.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            throw ForebayException.invalid(FAILED + name + ": invalid digit found in string");
        }
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            throw ForebayException.invalid(FAILED + name + ": number too large to fit in target type");
        }
    }

    /** A u32; more than an int holds is as good as the largest int. */
    @Nullable
    Integer u32(String name) {
        String text = values.get(name);
        if (text == null) {
            return null;
        }
        if (text.isEmpty()) {
            throw ForebayException
                    .invalid(FAILED + name + ": cannot parse integer from empty string");
        }
        long value = 0;
        for (int i = text.startsWith("+") && text.length() > 1 ? 1 : 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw ForebayException.invalid(FAILED + name + ": invalid digit found in string");
            }
            value = value * 10 + digit;
            if (value > 0xFFFF_FFFFL) {
                throw ForebayException
                        .invalid(FAILED + name + ": number too large to fit in target type");
            }
        }
        return (int) Math.min(value, Integer.MAX_VALUE);
    }
}
