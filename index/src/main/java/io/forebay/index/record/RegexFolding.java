package io.forebay.index.record;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds regular expressions for which RE2/J's compiler would not return. With the flag {@code i} it follows each letter
 * through its cases until it comes back to it; from the nine old Cyrillic forms U+1C80 to U+1C88 it never does (1.8 takes
 * their capitals from the JDK, but has no way back). It follows letters that stand alone, and each one of a class's range
 * unless the range covers all letters that have cases; not those of {@code .} or of {@code \p{..}}.
 *
 * <p>Reads a pattern as RE2/J does, as far as that takes; the flag counts wherever it stands. Used once.
 */
final class RegexFolding {
    static final int BROKEN_FIRST = 0x1C80;
    static final int BROKEN_LAST = 0x1C88;
    /** A class range that covers these is not followed letter by letter. */
    private static final int FOLD_FIRST = 'A';
    private static final int FOLD_LAST = 0x1044F;

    private static final Pattern FLAG = Pattern.compile("\\(\\?[a-zA-Z-]*i");
    /** Hexadecimal in braces, hexadecimal without, octal. */
    private static final Pattern NUMBER = Pattern.compile(
            "\\\\(?:x\\{0*([0-9a-fA-F]{1,6})}|x([0-9a-fA-F]{2})|([0-7]{1,3}))");
    private static final int NO_LETTER = -1;

    private final String regex;
    private int at;

    private RegexFolding(String regex) {
        this.regex = regex;
    }

    /** What RE2/J must not be given, as a reason for whoever asked; null when there is nothing. */
    static @Nullable String refusal(String regex) {
        if (!FLAG.matcher(regex).find() || !new RegexFolding(regex).hasBroken()) {
            return null;
        }
        return "the letters U+1C80 to U+1C88 cannot be matched without regard to case (flag i)";
    }

    private boolean hasBroken() {
        while (at < regex.length()) {
            if (regex.startsWith("\\Q", at)) {
                if (quoted()) {
                    return true;
                }
            } else if (regex.charAt(at) == '[') {
                at++;
                if (ofClass()) {
                    return true;
                }
            } else {
                int letter = letter();
                if (covers(letter, letter)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Behind it, everything up to {@code \E} is taken as it stands. */
    private boolean quoted() {
        int end = regex.indexOf("\\E", at + 2);
        String text = regex.substring(at + 2, end < 0 ? regex.length() : end);
        at = end < 0 ? regex.length() : end + 2;
        return text.codePoints().anyMatch(letter -> covers(letter, letter));
    }

    /** From behind the opening bracket to behind the closing one. */
    private boolean ofClass() {
        if (is('^')) {
            at++;
        }
        for (boolean first = true; at < regex.length() && (first || !is(']')); first = false) {
            int named = regex.startsWith("[:", at) ? regex.indexOf(":]", at + 2) : -1;
            if (named >= 0) {
                at = named + 2;
                continue;
            }
            int low = letter();
            int high = low;
            if (low != NO_LETTER && is('-') && at + 1 < regex.length() && regex.charAt(at + 1) != ']') {
                at++;
                high = letter();
            }
            if (covers(low, high)) {
                return true;
            }
        }
        at++;
        return false;
    }

    /** The next letter, which may be an escape; {@link #NO_LETTER} for an escape that is none of interest. */
    private int letter() {
        int letter = regex.codePointAt(at);
        if (letter != '\\' || at + 1 >= regex.length()) {
            at += Character.charCount(letter);
            return letter;
        }
        Matcher number = NUMBER.matcher(regex).region(at, regex.length());
        if (number.lookingAt()) {
            at = number.end();
            String octal = number.group(3);
            String hex = number.group(1) == null ? number.group(2) : number.group(1);
            return octal == null ? Integer.parseInt(hex, 16) : Integer.parseInt(octal, 8);
        }
        int escaped = regex.codePointAt(at + 1);
        at += 1 + Character.charCount(escaped);
        if ((escaped == 'p' || escaped == 'P') && is('{')) {
            int end = regex.indexOf('}', at);
            at = end < 0 ? regex.length() : end + 1;
            return NO_LETTER;
        }
        // \n and the like are taken for their own letter, which refuses a few ranges too many.
        return "pPdDsSwW".indexOf(escaped) >= 0 ? NO_LETTER : escaped;
    }

    private boolean is(char c) {
        return at < regex.length() && regex.charAt(at) == c;
    }

    private static boolean covers(int low, int high) {
        return low <= BROKEN_LAST && high >= BROKEN_FIRST && !(low <= FOLD_FIRST && high >= FOLD_LAST);
    }
}
