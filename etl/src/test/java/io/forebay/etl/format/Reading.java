package io.forebay.etl.format;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** What the tests of formats share. */
final class Reading {
    static final FormatOptions OPTIONS = new FormatOptions(null, null, 16 << 20, 200);

    private Reading() {}

    static FormatOptions limit(int lineBytesMax) {
        return new FormatOptions(null, null, lineBytesMax, 200);
    }

    static FormatOptions embedding(String field) {
        return new FormatOptions(null, field, 16 << 20, 200);
    }

    static List<SourceItem> all(Path file, FormatOptions options) throws IOException {
        return all(file, null, options, 0);
    }

    static List<SourceItem> all(Path file, @Nullable Path side, FormatOptions options, long skip)
            throws IOException {
        List<SourceItem> items = new ArrayList<>();
        try (DocumentSource source = open(file, side, options, skip)) {
            for (SourceItem item = source.next(); item != null; item = source.next()) {
                items.add(item);
            }
        }
        return items;
    }

    static DocumentSource open(Path file, @Nullable Path side, FormatOptions options, long skip)
            throws IOException {
        String sideName = side == null ? null : side.getFileName().toString();
        DetectedFormat detected = Formats.detect(file.getFileName().toString(), file, sideName, side);
        return Formats.open(detected, file, sideName, side, options, skip);
    }

    static Map<String, Object> fields(SourceItem item) {
        return ((SourceItem.Document) item).fields();
    }

    static String reason(SourceItem item) {
        return ((SourceItem.Bad) item).reason();
    }

    static byte[] gzip(byte[]... members) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] member : members) {
            try (OutputStream out = new GZIPOutputStream(bytes)) {
                out.write(member);
            }
        }
        return bytes.toByteArray();
    }

    static byte[] zstd(byte[] bytes) {
        return Zstd.compress(bytes);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Path write(Path folder, String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    static Path write(Path folder, String name, String text) throws IOException {
        return write(folder, name, utf8(text));
    }

    /** The real data beside the repository. */
    static Path data(String name) {
        return Path.of(System.getProperty("forebay.root"), "..", "shared", "data", name).normalize();
    }
}
