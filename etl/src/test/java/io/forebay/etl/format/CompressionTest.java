package io.forebay.etl.format;

import static io.forebay.etl.format.Reading.OPTIONS;
import static io.forebay.etl.format.Reading.all;
import static io.forebay.etl.format.Reading.gzip;
import static io.forebay.etl.format.Reading.utf8;
import static io.forebay.etl.format.Reading.write;
import static io.forebay.etl.format.Reading.zstd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompressionTest {
    @TempDir
    Path folder;

    private static byte[] lines(int count) {
        StringBuilder text = new StringBuilder();
        Random random = new Random(7);
        for (int i = 0; i < count; i++) {
            text.append("{\"n\":").append(random.nextLong()).append("}\n");
        }
        return utf8(text.toString());
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }

    @Test
    void severalMembersAndFramesAreReadAsOne() throws Exception {
        byte[] lines = lines(20_000);
        byte[] first = Arrays.copyOf(lines, 12_345);
        byte[] second = Arrays.copyOfRange(lines, 12_345, lines.length);
        Path gz = write(folder, "a.jsonl.gz", gzip(first, new byte[0], second));
        Path zst = write(folder, "a.jsonl.zst", joined(zstd(first), zstd(second)));
        for (Path file : new Path[]{gz, zst}) {
            assertThat(all(file, OPTIONS)).isEqualTo(all(write(folder, "a.jsonl", lines), OPTIONS));
            try (DocumentSource source = Reading.open(file, null, OPTIONS, 19_999)) {
                assertThat(source.next()).isNotNull();
                assertThat(source.next()).isNull();
                assertThat(source.bytesRead()).isEqualTo(Files.size(file));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gz", "zst"})
    void aFileThatEndsInTheMiddleIsUnreadable(String extension) throws Exception {
        byte[] whole = extension.equals("gz") ? gzip(lines(20_000)) : zstd(lines(20_000));
        for (int length : new int[]{whole.length - 1, whole.length - 7, whole.length / 2}) {
            Path file = write(folder, "a.jsonl." + extension, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> all(file, OPTIONS)).isInstanceOf(UnreadableFileException.class)
                    .hasMessageContaining("ends in the middle");
        }
    }

    @Test
    void garbageBehindTheEndIsUnreadable() throws Exception {
        byte[] garbage = utf8("this is not compressed");
        Path gz = write(folder, "a.jsonl.gz", joined(gzip(lines(20_000)), garbage));
        assertThatThrownBy(() -> all(gz, OPTIONS)).isInstanceOf(UnreadableFileException.class)
                .hasMessageContaining("follows the gzip data");
        Path zst = write(folder, "a.jsonl.zst", joined(zstd(lines(20_000)), garbage));
        assertThatThrownBy(() -> all(zst, OPTIONS)).isInstanceOf(UnreadableFileException.class)
                .hasMessageContaining("zstd data is damaged");
    }

    @Test
    void aFlippedBitIsFound() throws Exception {
        byte[] gz = gzip(lines(20_000));
        gz[gz.length / 2] ^= 0x10;
        assertThatThrownBy(() -> all(write(folder, "a.jsonl.gz", gz), OPTIONS))
                .isInstanceOf(UnreadableFileException.class).hasMessageContaining("gzip");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZstdOutputStreamNoFinalizer out = new ZstdOutputStreamNoFinalizer(bytes)) {
            out.setChecksum(true);
            out.write(lines(20_000));
        }
        byte[] zst = bytes.toByteArray();
        zst[zst.length / 2] ^= 0x10;
        assertThatThrownBy(() -> all(write(folder, "a.jsonl.zst", zst), OPTIONS))
                .isInstanceOf(UnreadableFileException.class).hasMessageContaining("zstd");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gz", "zst"})
    void aBombIsStoppedByItsRatio(String extension) throws Exception {
        Path file = folder.resolve("a.jsonl." + extension);
        try (OutputStream out = compressing(extension, Files.newOutputStream(file))) {
            byte[] line = utf8(("{\"a\":\"" + "x".repeat(1_015) + "\"}\n").repeat(1_024));
            for (int i = 0; i < 68; i++) {
                out.write(line);
            }
        }
        try (DocumentSource source = Reading.open(file, null, OPTIONS, 0)) {
            assertThatThrownBy(() -> {
                while (source.next() != null) {
                    continue;
                }
            }).isInstanceOf(UnreadableFileException.class).hasMessageContaining("200 times")
                    .hasMessageContaining("limit imports.max_expanded_ratio");
        }
        FormatOptions wide = new FormatOptions(null, null, 1 << 20, 1_000_000);
        try (DocumentSource source = Reading.open(file, null, wide, 68 * 1_024 - 1)) {
            assertThat(source.next()).isNotNull();
            assertThat(source.next()).isNull();
        }
    }

    private static OutputStream compressing(String extension, OutputStream out) throws IOException {
        return extension.equals("gz") ? new GZIPOutputStream(out) : new ZstdOutputStreamNoFinalizer(out);
    }
}
