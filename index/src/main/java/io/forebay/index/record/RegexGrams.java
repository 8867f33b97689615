package io.forebay.index.record;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the trigrams that every text matched by a regular expression has: those of literal stretches that no match can do
 * without. The idea is of Russ Cox, "Regular Expression Matching with a Trigram Index" (2012), in a simple form: literals
 * within a concatenation, all branches of an alternation, nothing of what may be absent.
 *
 * <p>Invariants: what is not understood for certain says nothing, so that a match is never excluded. The
 * expression is one that RE2/J has compiled.
 *
 * <p>Not thread-safe; used once.
 */
final class RegexGrams {
    /** With more, reading the documents costs less. */
    private static final int GRAMS_MAX = 256;
    private static final int DEPTH_MAX = 200;
    private static final int MAYBE = 0;
    private static final int AT_LEAST_ONCE = 2;

    private final String regex;
    private int at;
    private boolean folds;
    private int grams;
    private int depth;
    private boolean gaveUp;

    private RegexGrams(String regex) {
        this.regex = regex;
    }

    static GramQuery of(String regex) {
        RegexGrams parser = new RegexGrams(regex);
        GramQuery query = parser.alternation();
        return parser.gaveUp || parser.at < regex.length() || parser.grams > GRAMS_MAX
                ? GramQuery.ANY
                : query;
    }

    private GramQuery alternation() {
        List<GramQuery> branches = new ArrayList<>();
        branches.add(concatenation());
        while (!gaveUp && peek() == '|') {
            at++;
            branches.add(concatenation());
        }
        return GramQuery.any(branches);
    }

    private GramQuery concatenation() {
        List<GramQuery> parts = new ArrayList<>();
        // Each place of the stretch has the bytes that may stand there.
        List<byte[]> stretch = new ArrayList<>();
        while (!gaveUp && at < regex.length() && peek() != '|' && peek() != ')') {
            GramQuery group = GramQuery.ANY;
            List<byte[]> literal = List.of();
            if (peek() == '(') {
                group = group();
            } else {
                literal = atom();
            }
            int repeats = quantifier();
            if (repeats == 1 && !literal.isEmpty()) {
                stretch.addAll(literal);
                continue;
            }
            if (repeats == AT_LEAST_ONCE) {
                stretch.addAll(literal);
            }
            end(stretch, parts);
            if (repeats != MAYBE) {
                parts.add(group);
            }
        }
        end(stretch, parts);
        return GramQuery.all(parts);
    }

    private void end(List<byte[]> stretch, List<GramQuery> parts) {
        for (int i = 0; i + Grams.BYTES <= stretch.size() && i < GramQuery.GRAMS_MAX; i++) {
            List<GramQuery> variants = new ArrayList<>();
            for (byte first : stretch.get(i)) {
                for (byte second : stretch.get(i + 1)) {
                    for (byte third : stretch.get(i + 2)) {
                        variants.add(new GramQuery.Gram(Grams.of(new byte[]{first, second, third}, 0)));
                    }
                }
            }
            grams += variants.size();
            parts.add(GramQuery.any(variants));
        }
        stretch.clear();
    }

    private GramQuery group() {
        at++;
        boolean outer = folds;
        if (peek() == '?') {
            at++;
            if (!flagsOrName()) {
                // (?i) holds to the end of the group around it. RE2/J takes a quantifier behind it for one of what is before it.
                gaveUp |= "*+?{".indexOf(peek()) >= 0;
                return GramQuery.ANY;
            }
        }
        gaveUp |= ++depth > DEPTH_MAX;
        GramQuery inside = gaveUp ? GramQuery.ANY : alternation();
        depth--;
        folds = outer;
        if (peek() != ')') {
            gaveUp = true;
        }
        at++;
        return inside;
    }

    /** What is between "(?" and the group's content; false when there is no content. */
    private boolean flagsOrName() {
        if (peek() == 'P' || peek() == '<') {
            int end = regex.indexOf('>', at);
            gaveUp |= end < 0;
            at = end + 1;
            return true;
        }
        boolean on = true;
        while (at < regex.length()) {
            char flag = regex.charAt(at++);
            switch (flag) {
                case ':' -> {
                    return true;
                }
                case ')' -> {
                    return false;
                }
                case '-' -> on = false;
                case 'i' -> folds = on;
                case 'm', 's', 'U' -> {
                }
                default -> gaveUp = true;
            }
        }
        gaveUp = true;
        return true;
    }

    /** One character's bytes, or nothing for what is no literal. */
    private List<byte[]> atom() {
        int character = regex.codePointAt(at);
        at += Character.charCount(character);
        switch (character) {
            case '.', '^', '$' :
                return List.of();
            case '[' :
                characterClass();
                return List.of();
            case '\\' :
                return escaped();
            case '*', '+', '?' :
                gaveUp = true;
                return List.of();
            default :
                return literal(character);
        }
    }

    private List<byte[]> escaped() {
        int character = at < regex.length() ? regex.codePointAt(at) : 0;
        at += Character.charCount(character);
        if ("dDwWsSbBAz".indexOf(character) >= 0) {
            return List.of();
        }
        if (character < '!' || character > '~' || Character.isLetterOrDigit(character)) {
            gaveUp = true;
            return List.of();
        }
        return literal(character);
    }

    private List<byte[]> literal(int character) {
        boolean isAsciiLetter = character >= 'a' && character <= 'z' || character >= 'A' && character <= 'Z';
        if (folds && (character > 127 || "kKsS".indexOf(character) >= 0)) {
            // Beyond ASCII there is more than one other case: the Kelvin sign is a k, the long s an s.
            return List.of();
        }
        if (folds && isAsciiLetter) {
            return List.of(new byte[]{(byte) (character | 0x20), (byte) (character & ~0x20)});
        }
        List<byte[]> bytes = new ArrayList<>();
        for (byte b : Character.toString(character).getBytes(StandardCharsets.UTF_8)) {
            bytes.add(new byte[]{b});
        }
        return bytes;
    }

    /** To behind the bracket that closes it. */
    private void characterClass() {
        if (peek() == '^') {
            at++;
        }
        boolean first = true;
        while (at < regex.length() && (first || peek() != ']')) {
            first = false;
            if (peek() == '\\') {
                gaveUp |= regex.startsWith("\\Q", at);
                at += 2;
            } else if (regex.startsWith("-[:", at)
                    || regex.startsWith("[:", at) && regex.indexOf(":]", at) < 0) {
                // The end of a range is no class, and what is not closed no class either.
                gaveUp = true;
                return;
            } else if (regex.startsWith("[:", at)) {
                at = regex.indexOf(":]", at) + 2;
            } else {
                at++;
            }
        }
        gaveUp |= at >= regex.length();
        at++;
    }

    /** How often what stands before it must be there: MAYBE not at all, once (1), AT_LEAST_ONCE. */
    private int quantifier() {
        int result = 1;
        while (at < regex.length()) {
            char next = peek();
            if (next == '*' || next == '?') {
                result = MAYBE;
                at++;
            } else if (next == '+') {
                result = result == MAYBE ? MAYBE : AT_LEAST_ONCE;
                at++;
            } else if (next == '{' && counted() > 0) {
                boolean mayBeAbsent = regex.charAt(at + 1) == '0';
                at = counted();
                result = mayBeAbsent || result == MAYBE ? MAYBE : AT_LEAST_ONCE;
            } else {
                break;
            }
        }
        return result;
    }

    /** The place behind {@code {n}}, {@code {n,}} or {@code {n,m}}; 0 when this is none of them but a brace. */
    private int counted() {
        int end = regex.indexOf('}', at);
        return end > 0 && regex.substring(at, end + 1).matches("\\{[0-9]+(,[0-9]*)?\\}") ? end + 1 : 0;
    }

    private char peek() {
        return at < regex.length() ? regex.charAt(at) : 0;
    }
}
