package io.forebay.etl.format;

import com.fasterxml.jackson.core.io.NumberInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A vector in the making; used again for the next one. */
final class Floats {
    private float[] values = new float[384];
    private int count;

    void clear() {
        count = 0;
    }

    void add(float value) {
        if (count == values.length) {
            values = Arrays.copyOf(values, 2 * count);
        }
        values[count++] = value;
    }

    float[] checked(String field) throws BadDocumentException {
        float[] vector = Arrays.copyOf(values, count);
        check(vector, field);
        return vector;
    }

    /** Infinity is also what a number becomes that no float32 can be. */
    static void check(float[] vector, String field) throws BadDocumentException {
        for (int i = 0; i < vector.length; i++) {
            if (!Float.isFinite(vector[i])) {
                throw new BadDocumentException("component " + i + " of '" + field + "' is " + vector[i]
                        + " as a float32");
            }
        }
    }

    List<@Nullable Object> boxed() {
        List<@Nullable Object> list = new ArrayList<>(count + 1);
        for (int i = 0; i < count; i++) {
            list.add((double) values[i]);
        }
        return list;
    }

    /** Text as CSV files have it: {@code [1, 2]}, {@code 1,2}, {@code 1 2}; null if it holds something else. */
    static float @Nullable [] parse(String text, String field) throws BadDocumentException {
        String inner = text.strip();
        if (inner.startsWith("[") && inner.endsWith("]") && inner.length() > 1) {
            inner = inner.substring(1, inner.length() - 1);
        }
        Floats floats = new Floats();
        int i = 0;
        while (i < inner.length()) {
            int from = i;
            while (i < inner.length() && !isBetween(inner.charAt(i))) {
                i++;
            }
            if (i > from) {
                try {
                    floats.add(NumberInput.parseFloat(inner.substring(from, i), true));
                } catch (NumberFormatException e) {
                    return null;
                }
            }
            i++;
        }
        return floats.count == 0 ? null : floats.checked(field);
    }

    private static boolean isBetween(char c) {
        return c == ',' || c == ' ' || c == ';' || c == '\t' || c == '\n' || c == '\r';
    }
}
