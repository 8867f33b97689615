package io.forebay.etl.format;

import static io.forebay.etl.format.Reading.gzip;
import static io.forebay.etl.format.Reading.utf8;
import static io.forebay.etl.format.Reading.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.ForebayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlainFileTest {
    @TempDir
    Path folder;

    private List<String> names() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void aFileIsExpandedOnceAndUsedAgain() throws Exception {
        byte[] content = noise(200_000);
        Path file = write(folder, "a.parquet.gz", gzip(content));
        Path plain = PlainFile.of(file, Compression.GZIP, 200);
        assertThat(plain).hasBinaryContent(content).hasFileName("a.parquet.gz.expanded");
        Object made = Files.readAttributes(plain, "unix:ino").get("ino");
        assertThat(PlainFile.of(file, Compression.GZIP, 200)).isEqualTo(plain);
        assertThat(Files.readAttributes(plain, "unix:ino").get("ino")).isEqualTo(made);
        assertThat(names()).containsExactly("a.parquet.gz", "a.parquet.gz.expanded");
        assertThat(PlainFile.of(file, Compression.NONE, 200)).isEqualTo(file);
    }

    @Test
    void whatAKillLeftIsWrittenOverAndWhatIsOlderThanItsFileToo() throws Exception {
        Path file = write(folder, "a.parquet.gz", gzip(noise(100_000)));
        write(folder, "a.parquet.gz.expanded.part", noise(300_000));
        assertThat(PlainFile.of(file, Compression.GZIP, 200)).hasBinaryContent(noise(100_000));
        assertThat(names()).containsExactly("a.parquet.gz", "a.parquet.gz.expanded");
        write(folder, "a.parquet.gz", gzip(noise(5_000)));
        Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis() + 10_000));
        assertThat(PlainFile.of(file, Compression.GZIP, 200)).hasBinaryContent(noise(5_000));
    }

    @Test
    void aboveTheLimitOfBytesTheFileIsUnreadableAndLeavesNothing() throws Exception {
        Path file = write(folder, "a.parquet.gz", gzip(noise(100_000)));
        assertThatThrownBy(() -> PlainFile.of(file, Compression.GZIP, 200, 99_999))
                .isInstanceOf(UnreadableFileException.class).hasMessageContaining("99999 bytes");
        assertThat(names()).containsExactly("a.parquet.gz");
        assertThat(PlainFile.of(file, Compression.GZIP, 200, 100_000)).hasBinaryContent(noise(100_000));
    }

    @Test
    void aDamagedFileAndOneThatIsRefusedLeaveNothing() throws Exception {
        byte[] whole = gzip(noise(100_000));
        Path file = write(folder, "a.parquet.gz", java.util.Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> PlainFile.of(file, Compression.GZIP, 200))
                .isInstanceOf(UnreadableFileException.class).hasMessageContaining("ends in the middle");
        write(folder, "a.parquet.gz", gzip(utf8("no parquet")));
        assertThatThrownBy(() -> Formats.detect("a.parquet.gz", file, null, null))
                .isInstanceOf(ForebayException.class).hasMessageContaining("is not Parquet");
        assertThat(names()).containsExactly("a.parquet.gz");
    }
}
