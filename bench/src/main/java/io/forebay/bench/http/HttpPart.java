package io.forebay.bench.http;

import java.util.Locale;

/** What {@code bench http} can measure. */
public enum HttpPart {
    DECODE, ENCODE, QUERY, ADD;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
