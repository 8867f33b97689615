package io.forebay.server.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What Linux tells in files; null where it does not. The root is another one only for tests. */
record SystemFiles(Path root) {
    private static final int BYTES_MAX = 1 << 20;
    static final SystemFiles REAL = new SystemFiles(Path.of("/"));

    @Nullable
    String text(String path) {
        // In one read: files of /proc/sys have nothing behind the first.
        try (InputStream in = Files.newInputStream(root.resolve(path))) {
            return new String(in.readNBytes(BYTES_MAX), StandardCharsets.UTF_8).strip();
        } catch (IOException | RuntimeException notThere) {
            return null;
        }
    }

    List<String> lines(String path) {
        String text = text(path);
        return text == null ? List.of() : text.lines().toList();
    }

    /** Null when it is no number: {@code max}, or nothing. */
    @Nullable
    Long number(String path) {
        String text = text(path);
        return text == null || !text.matches("-?[0-9]{1,18}") ? null : Long.valueOf(text);
    }

    /** The first group of the first match. */
    @Nullable
    String match(String path, String pattern) {
        String text = text(path);
        Matcher matcher = text == null ? null : Pattern.compile(pattern, Pattern.MULTILINE).matcher(text);
        return matcher != null && matcher.find() ? matcher.group(1) : null;
    }
}
