package io.forebay.index.record;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How large the program of a regex becomes, at most, told from its text: the library writes out what is repeated, so that
 * {@code ((a{1000}){1000}){1000}} would take all memory before anybody could look at the result.
 *
 * <p>Invariants: an upper bound, within a factor of four; what it cannot be told from (a regex that is malformed) the
 * library refuses.
 */
final class RegexCost {
    static final int COST_MAX = 10_000;
    static final int DEPTH_MAX = 200;
    /** More than anybody may have, and far from an overflow. */
    private static final long HUGE = 1L << 40;

    private final String regex;
    private final Deque<Long> outer = new ArrayDeque<>();
    private int at;
    private long sum;
    /** Of what a repetition behind it repeats. */
    private long last;

    private RegexCost(String regex) {
        this.regex = regex;
    }

    /** Over {@link #COST_MAX} also when it is nested too deeply. */
    static long of(String regex) {
        return new RegexCost(regex).cost();
    }

    private long cost() {
        while (at < regex.length()) {
            char c = regex.charAt(at++);
            switch (c) {
                case '\\' -> escape();
                case '[' -> one(this::skipClass);
                case '(' -> {
                    outer.push(sum);
                    sum = 0;
                    last = 0;
                    if (outer.size() > DEPTH_MAX) {
                        return HUGE;
                    }
                }
                case ')' -> close();
                case '{' -> repeat();
                case '*', '+', '?', '|' -> sum++;
                default -> one(() -> {});
            }
        }
        while (!outer.isEmpty()) {
            close();
        }
        return sum;
    }

    private void one(Runnable skip) {
        skip.run();
        last = 1;
        sum++;
    }

    private void close() {
        if (!outer.isEmpty()) {
            last = sum + 2;
            sum = Math.min(HUGE, outer.pop() + last);
        }
    }

    private void escape() {
        char c = at < regex.length() ? regex.charAt(at++) : ' ';
        if (c == 'Q') {
            int end = regex.indexOf("\\E", at);
            int stop = end < 0 ? regex.length() : end;
            sum += stop - at;
            at = end < 0 ? stop : end + 2;
            last = 1;
            return;
        }
        boolean named = (c == 'p' || c == 'P' || c == 'x') && at < regex.length() && regex.charAt(at) == '{';
        one(() -> {
            if (named) {
                int end = regex.indexOf('}', at);
                at = end < 0 ? regex.length() : end + 1;
            }
        });
    }

    /** Behind the bracket that opens it. */
    private void skipClass() {
        if (at < regex.length() && regex.charAt(at) == '^') {
            at++;
        }
        boolean first = true;
        while (at < regex.length()) {
            char c = regex.charAt(at++);
            if (c == ']' && !first) {
                return;
            }
            if (c == '\\') {
                at++;
            } else if (c == '[' && at < regex.length() && regex.charAt(at) == ':') {
                int end = regex.indexOf(":]", at + 1);
                at = end < 0 ? at : end + 2;
            }
            first = false;
        }
    }

    /** {@code {n}}, {@code {n,}} or {@code {n,m}}; anything else is text. */
    private void repeat() {
        int end = regex.indexOf('}', at);
        String inside = end < 0 || end - at > 12 ? "" : regex.substring(at, end);
        if (!inside.matches("\\d+(,\\d*)?")) {
            one(() -> {});
            return;
        }
        at = end + 1;
        long most = 1;
        for (String number : inside.split(",")) {
            most = Math.max(most, Long.parseLong(number));
        }
        long repeated = Math.min(HUGE, last * 2 * most);
        sum = Math.min(HUGE, sum - last + repeated);
        last = repeated;
    }
}
