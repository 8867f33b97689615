package io.forebay.bench.report;

import org.jspecify.annotations.Nullable;

/**
 * One figure of a benchmark.
 *
 * @param name   unique within the result, for scripts
 * @param formed how it is formed, for people
 * @param atLeast what the issue wants; null for no claim
 * @param atMost  what the issue allows; null for no claim
 */
public record Figure(String name, String formed, String unit, Summary value, @Nullable Double atLeast,
        @Nullable Double atMost) {

    public static Figure of(String name, String formed, String unit, Summary value) {
        return new Figure(name, formed, unit, value, null, null);
    }

    public Figure wanting(double least) {
        return new Figure(name, formed, unit, value, least, null);
    }

    public Figure wantingAtMost(double most) {
        return new Figure(name, formed, unit, value, null, most);
    }

    /** Whether the median is as is wanted; null when nothing is. */
    public @Nullable Boolean reached() {
        if (atMost != null) {
            return value.median() <= atMost;
        }
        return atLeast == null ? null : (Boolean) (value.median() >= atLeast);
    }
}
