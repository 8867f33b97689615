package io.forebay.server.http.route;

import io.forebay.model.ForebayException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Percent-decoding, and the path as segments. A plus sign in a path is a plus sign. */
final class PathText {
    private PathText() {}

    /** The segments of a path that begins with a slash, not decoded yet; {@code /a//b} has an empty one. */
    static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        int from = path.startsWith("/") ? 1 : 0;
        for (int at = path.indexOf('/', from); at >= 0; at = path.indexOf('/', from)) {
            segments.add(path.substring(from, at));
            from = at + 1;
        }
        segments.add(path.substring(from));
        return segments;
    }

    /** @throws ForebayException (INVALID_ARGUMENT) when a percent sign is not followed by two hex digits or the bytes
     *         are not UTF-8 */
    static String decode(String text, boolean plusIsSpace) {
        if (text.indexOf('%') < 0 && isAscii(text)) {
            return plusIsSpace ? text.replace('+', ' ') : text;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
                int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    throw invalid(text);
                }
                bytes.write(high << 4 | low);
                i += 2;
            } else {
                // The request line is read as single bytes.
                bytes.write(plusIsSpace && c == '+' ? ' ' : c);
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw invalid(text);
        }
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 127) {
                return false;
            }
        }
        return true;
    }

    private static ForebayException invalid(String text) {
        return ForebayException.invalid("Invalid URL: '" + text + "' is not percent-encoded UTF-8");
    }
}
