package io.forebay.server.logging;

import java.nio.charset.StandardCharsets;

/** Text as it may stand in one line of a log: what could end the line, or move a terminal's cursor, is written out. */
public final class SafeText {
    private SafeText() {}

    static String of(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isUnsafe(text.charAt(i))) {
                return escaped(text);
            }
        }
        return text;
    }

    /** Halves of surrogate pairs, which some readers of JSON refuse, become question marks. */
    public static String wellFormed(String text) {
        return text.chars().noneMatch(c -> Character.isSurrogate((char) c))
                ? text
                : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isUnsafe(c)) {
                out.append(c);
            } else if (c == '\n') {
                out.append("\\n");
            } else if (c == '\r') {
                out.append("\\r");
            } else {
                out.append(String.format("\\u%04x", (int) c));
            }
        }
        return out.toString();
    }

    /** Control characters but the tab, and Unicode's own ends of lines and changes of direction. */
    private static boolean isUnsafe(char c) {
        return c < ' ' && c != '\t' || c >= 0x7f && c <= 0x9f || c == 0x2028 || c == 0x2029
                || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069;
    }
}
