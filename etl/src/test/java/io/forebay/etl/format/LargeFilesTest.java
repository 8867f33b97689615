package io.forebay.etl.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents that are larger than the memory of this test. */
@Tag("long")
class LargeFilesTest {
    private static final int PIECE_BYTES = 1 << 20;
    private static final int PIECES = 2_000;

    @TempDir
    Path folder;

    private void assertMiddleIsBad(String name, String before, String filling, String behind)
            throws IOException {
        Path file = folder.resolve(name);
        byte[] piece = Reading.utf8(filling.repeat(PIECE_BYTES / filling.length()));
        try (OutputStream out = out(file)) {
            out.write(Reading.utf8(before));
            for (int i = 0; i < PIECES; i++) {
                out.write(piece);
            }
            out.write(Reading.utf8(behind));
        }
        assertThat(PIECES * (long) PIECE_BYTES).isGreaterThan(Runtime.getRuntime().maxMemory());
        List<SourceItem> items = new ArrayList<>();
        FormatOptions options = new FormatOptions(null, null, 16 << 20, 2_000);
        try (DocumentSource source = Reading.open(file, null, options, 0)) {
            for (SourceItem item = source.next(); item != null; item = source.next()) {
                items.add(item);
            }
        }
        assertThat(items).as(name).hasSize(3);
        assertThat(items.get(0)).isInstanceOf(SourceItem.Document.class);
        assertThat(Reading.reason(items.get(1))).endsWith(
                " has more than 16777216 bytes (limit imports.max_document_bytes)");
        assertThat(items.get(2)).isInstanceOf(SourceItem.Document.class);
        Files.delete(file);
    }

    private static OutputStream out(Path file) throws IOException {
        OutputStream bytes = Files.newOutputStream(file);
        return !file.toString().endsWith(".gz") ? bytes : new GZIPOutputStream(bytes, 1 << 16) {
            {
                def.setLevel(Deflater.BEST_SPEED);
            }
        };
    }

    @Test
    void aLineLargerThanTheMemoryIsOneBadItem() throws Exception {
        assertMiddleIsBad("a.jsonl", "{\"n\":1}\n{\"a\":\"", "x", "\"}\n{\"n\":3}\n");
        assertMiddleIsBad("a.jsonl.gz", "{\"n\":1}\n{\"a\":\"", "x", "\"}\n{\"n\":3}\n");
    }

    @Test
    void anElementLargerThanTheMemoryIsOneBadItem() throws Exception {
        assertMiddleIsBad("a.json.gz", "[{\"n\":1},\n{\"a\":\"", "x", "\"},{\"n\":3}]");
        assertMiddleIsBad("b.json.gz", "[{\"n\":1},\n{\"a\":[", "[],", "[]]},{\"n\":3}]");
    }

    @Test
    void aRowLargerThanTheMemoryIsOneBadItem() throws Exception {
        assertMiddleIsBad("a.csv.gz", "a,b\n1,2\n3,\"", "x\n", "\"\n5,6\n");
    }
}
