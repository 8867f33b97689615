package io.forebay.etl.format;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What the first bytes of a text say about its charset. */
record TextStart(Charset charset, int markBytes) {
    private static final Charset UTF_32LE = Charset.forName("UTF-32LE");
    private static final Charset UTF_32BE = Charset.forName("UTF-32BE");

    /** The charset that was given, else that of the byte order mark, else UTF-8; a mark of the charset is no text. */
    static TextStart of(byte[] first, @Nullable Charset given) {
        TextStart marked = marked(first);
        if (given == null) {
            return marked == null ? new TextStart(StandardCharsets.UTF_8, 0) : marked;
        }
        if (marked == null) {
            return new TextStart(given, 0);
        }
        String family = given.name();
        return family.equals("UTF-16") || family.equals("UTF-32")
                ? marked.charset.name().startsWith(family) ? marked : new TextStart(given, 0)
                : new TextStart(given, marked.charset.equals(given) ? marked.markBytes : 0);
    }

    /** Null if there is no mark. */
    static @Nullable TextStart marked(byte[] first) {
        if (begins(first, 0xef, 0xbb, 0xbf)) {
            return new TextStart(StandardCharsets.UTF_8, 3);
        }
        if (begins(first, 0xff, 0xfe, 0, 0)) {
            return new TextStart(UTF_32LE, 4);
        }
        if (begins(first, 0, 0, 0xfe, 0xff)) {
            return new TextStart(UTF_32BE, 4);
        }
        if (begins(first, 0xff, 0xfe)) {
            return new TextStart(StandardCharsets.UTF_16LE, 2);
        }
        return begins(first, 0xfe, 0xff) ? new TextStart(StandardCharsets.UTF_16BE, 2) : null;
    }

    private static boolean begins(byte[] bytes, int... expected) {
        if (bytes.length < expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if ((bytes[i] & 0xff) != expected[i]) {
                return false;
            }
        }
        return true;
    }
}
