package io.forebay.etl.source;

import io.forebay.model.file.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How far a fetch has come, in the file {@code TARGET.state} beside its target. It is written only after the target's
 * first {@code bytes} bytes were synced: what the target has behind them is cut off when the fetch goes on.
 *
 * <p>Format: UTF-8 lines {@code name value} in this order, an absent value is an empty one; the last has the CRC-32C of
 * everything before it. Values have no line breaks.
 * <pre>
 *   forebay-fetch 1
 *   source     what is fetched: an address; for a paged interface the address of its first page
 *   validator  strong ETag or Last-Modified of what was fetched so far
 *   next       address of the page to be fetched next
 *   landmark   address of an earlier page, against pages that go in circles
 *   pages      fetched
 *   bytes      of the target that are synced
 *   total      bytes in all, -1 when not known
 *   complete   true | false
 *   crc32c     8 hexadecimal digits
 * </pre>
 *
 * <p>Failure: it is replaced by {@link DurableFiles}. A state that is damaged, of another version or of
 * another source counts as none, and the fetch begins anew.
 */
record FetchState(String source, @Nullable String validator, @Nullable String next,
        @Nullable String landmark, long pages, long bytes, long total, boolean complete) {
    static final String SUFFIX = ".state";
    private static final String ASIDE = ".new";
    static final String FRESH = SUFFIX + ASIDE;
    private static final String FIRST_LINE = "forebay-fetch 1\n";

    static FetchState begin(String source) {
        return new FetchState(source, null, null, null, 0, 0, -1, false);
    }

    static Path file(Path target) {
        return target.resolveSibling(target.getFileName() + SUFFIX);
    }

    /** The state of this source, or that of a beginning. Cuts the target to what the state says. */
    static FetchState resume(Path target, String source) throws IOException {
        FetchState found = read(file(target));
        long length = Files.exists(target) ? Files.size(target) : 0;
        if (found == null || !found.source.equals(source) || found.bytes > length) {
            return begin(source);
        }
        return found;
    }

    private static @Nullable FetchState read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        int checked = text.lastIndexOf("crc32c ");
        if (!text.startsWith(FIRST_LINE) || checked < 0
                || !text.substring(checked).strip()
                        .equals("crc32c " + checksum(text.substring(0, checked)))) {
            return null;
        }
        Map<String, String> fields = new TreeMap<>();
        text.lines().forEach(line -> {
            int space = line.indexOf(' ');
            fields.put(line.substring(0, space), line.substring(space + 1));
        });
        return new FetchState(fields.getOrDefault("source", ""), orNull(fields.get("validator")),
                orNull(fields.get("next")), orNull(fields.get("landmark")), number(fields, "pages"),
                number(fields, "bytes"), number(fields, "total"), "true".equals(fields.get("complete")));
    }

    private static long number(Map<String, String> fields, String name) throws IOException {
        try {
            return Long.parseLong(fields.getOrDefault(name, ""));
        } catch (NumberFormatException e) {
            throw new IOException("the state of the fetch has no " + name, e);
        }
    }

    private static @Nullable String orNull(@Nullable String value) {
        return value == null || value.isEmpty() ? null : value;
    }

    /** The target must have been synced before. */
    void write(Path target) throws IOException {
        DurableFiles.replace(file(target), ASIDE, text().getBytes(StandardCharsets.UTF_8));
    }

    private String text() {
        String text = FIRST_LINE + "source " + source + "\nvalidator " + orEmpty(validator) + "\nnext "
                + orEmpty(next) + "\nlandmark " + orEmpty(landmark) + "\npages " + pages + "\nbytes " + bytes
                + "\ntotal " + total + "\ncomplete " + complete + "\n";
        return text + "crc32c " + checksum(text) + "\n";
    }

    private static String orEmpty(@Nullable String value) {
        return value == null ? "" : value;
    }

    private static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", crc.getValue());
    }
}
