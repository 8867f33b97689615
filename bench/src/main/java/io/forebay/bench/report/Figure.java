package io.forebay.bench.report;

import org.jspecify.annotations.Nullable;

/**
 * One figure of a benchmark.
 *
 * @param name   unique within the result, for scripts
 * @param formed how it is formed, for people
 * @param atLeast what the issue wants; null for no claim
 */
public record Figure(String name, String formed, String unit, Summary value, @Nullable Double atLeast) {

    public static Figure of(String name, String formed, String unit, Summary value) {
        return new Figure(name, formed, unit, value, null);
    }

    public Figure wanting(double least) {
        return new Figure(name, formed, unit, value, least);
    }

    /** Whether the median reaches what is wanted; null when nothing is. */
    public @Nullable Boolean reached() {
        return atLeast == null ? null : (Boolean) (value.median() >= atLeast);
    }
}
