package io.forebay.server.http.upload;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a part says of itself.
 *
 * @param name     of the field
 * @param fileName without any folder, and never used as the name of a file here; null where none was said; empty for a
 *                 form in which no file was chosen
 */
public record PartHead(String name, @Nullable String fileName) {
    private static final int NAME_MAX = 255;

    static PartHead of(byte[] head) {
        Map<String, String> said = null;
        for (String line : text(head).split("\r\n")) {
            int colon = line.indexOf(':');
            String header = colon < 0 ? "" : line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
            String value = line.substring(colon + 1).strip();
            if (header.equals("content-disposition")) {
                said = parameters(value);
            } else if (header.equals("content-transfer-encoding")
                    && !value.toLowerCase(Locale.ROOT).matches("7bit|8bit|binary")) {
                throw new ForebayException(ErrorCode.UNPROCESSABLE,
                        "Content-Transfer-Encoding " + value
                                + " is not supported: send the bytes as they are");
            }
        }
        String name = said == null ? null : said.get("name");
        if (said == null || name == null) {
            throw MultipartScanner.malformed("a part has no Content-Disposition with a name");
        }
        return new PartHead(escaped(name), fileName(said));
    }

    private static Map<String, String> parameters(String value) {
        try {
            return HeaderParameters.of(value);
        } catch (IllegalArgumentException e) {
            throw MultipartScanner.malformed("Content-Disposition: " + e.getMessage());
        }
    }

    /** Browsers send UTF-8; what is not is taken byte by byte. */
    private static String text(byte[] head) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(head)).toString();
        } catch (CharacterCodingException e) {
            return new String(head, StandardCharsets.ISO_8859_1);
        }
    }

    private static @Nullable String fileName(Map<String, String> said) {
        String extended = said.get("filename*");
        String plain = said.get("filename");
        String name = extended != null ? extended(extended) : plain == null ? null : escaped(plain);
        if (name == null) {
            return null;
        }
        String bare = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
                .replaceAll("\\p{Cntrl}", "").strip();
        // The end says the format.
        return bare.length() <= NAME_MAX ? bare : bare.substring(bare.length() - NAME_MAX);
    }

    /** As browsers write what cannot stand between quotation marks. */
    private static String escaped(String name) {
        return name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
    }

    /** {@code UTF-8''na%C3%AFve.csv}, RFC 8187. */
    private static String extended(String value) {
        String[] parts = value.split("'", 3);
        try {
            return URLDecoder.decode(parts[2].replace("+", "%2B"), Charset.forName(parts[0]));
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw MultipartScanner.malformed("Content-Disposition: filename* is not charset'language'name");
        }
    }
}
