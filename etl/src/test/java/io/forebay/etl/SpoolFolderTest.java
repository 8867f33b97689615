package io.forebay.etl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolFolderTest {
    @TempDir
    Path directory;

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatIsWrittenIsInTheFileWhenItIsFinished() throws Exception {
        SpoolFolder spool = new SpoolFolder(directory, 100);
        Upload upload = spool.upload();
        upload.write(bytes("ab"));
        upload.write(bytes("cd"));
        String name = upload.finish();
        spool.taken(name);
        upload.abort();
        assertThat(Files.readString(directory.resolve(name))).isEqualTo("abcd");
        assertThat(spool.size()).isEqualTo(new SpoolFolder.Size(1, 4));
    }

    @Test
    void aboveTheLimitTheFileIsGone() throws Exception {
        SpoolFolder spool = new SpoolFolder(directory, 3);
        Upload upload = spool.upload();
        upload.write(bytes("abc"));
        assertThatThrownBy(() -> upload.write(bytes("d"))).isInstanceOfSatisfying(ForebayException.class,
                e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE);
                    assertThat(e).hasMessageContaining("imports.max_upload_bytes")
                            .hasMessageContaining("3 bytes");
                });
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void anAbortedUploadLeavesNoFile() throws Exception {
        SpoolFolder spool = new SpoolFolder(directory, 3);
        spool.upload().abort();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aFinishedUploadThatNoJobTookGoesWhenItIsAborted() throws Exception {
        SpoolFolder spool = new SpoolFolder(directory, 3);
        Upload upload = spool.upload();
        upload.finish();
        upload.abort();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void onlyOldFilesThatNobodyNamesAreOrphans() throws Exception {
        SpoolFolder spool = new SpoolFolder(directory, 100);
        Upload open = spool.upload();
        open.write(bytes("x"));
        for (String name : new String[]{"old.upload", "named.upload", "named.upload.state", "new.upload"}) {
            Files.writeString(directory.resolve(name), "x");
        }
        FileTime old = FileTime.fromMillis(System.currentTimeMillis() - 10_000);
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (!file.endsWith("new.upload")) {
                    Files.setLastModifiedTime(file, old);
                }
            }
        }
        assertThat(spool.sweep(Set.of("named.upload"), 5_000)).isEqualTo(1);
        assertThat(directory.resolve("old.upload")).doesNotExist();
        assertThat(spool.size().files()).isEqualTo(4);
        open.abort();
    }

    @Test
    void whatBelongsToAFileGoesWithIt() throws Exception {
        SpoolFolder spool = new SpoolFolder(directory, 100);
        String[] suffixes = {"", ".state", ".state.new", ".expanded", ".expanded.part"};
        FileTime old = FileTime.fromMillis(System.currentTimeMillis() - 10_000);
        for (String owner : new String[]{"1.upload", "2.upload", "12.upload", "3.fetched"}) {
            for (String suffix : suffixes) {
                Path file = Files.writeString(directory.resolve(owner + suffix), "x");
                Files.setLastModifiedTime(file, old);
            }
        }
        spool.deleteAll("1.upload");
        assertThat(spool.size().files()).isEqualTo(15);
        assertThat(spool.sweep(Set.of("2.upload", "3"), 5_000)).isPositive();
        try (var files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString())).hasSize(5)
                    .allMatch(name -> name.startsWith("2.upload"));
        }
        Files.writeString(directory.resolve("4.upload.expanded"), "x");
        Upload open = spool.upload();
        String name = open.finish();
        Files.setLastModifiedTime(Files.writeString(directory.resolve(name + ".expanded"), "x"), old);
        assertThat(spool.sweep(Set.of("2.upload"), 5_000)).isZero();
        open.abort();
        assertThat(directory.resolve(name + ".expanded")).doesNotExist();
        assertThat(directory.resolve("4.upload.expanded")).exists();
    }

    @Test
    void aClientThatSubmitsTooOftenWaitsAndOthersDoNot() {
        AtomicLong nanos = new AtomicLong();
        SubmissionRate rate = new SubmissionRate(2, "imports", nanos::get);
        rate.take("a");
        rate.take("a");
        assertThatThrownBy(() -> rate.take("a")).isInstanceOfSatisfying(ForebayException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.BACKOFF);
            assertThat(e.retryAfterSeconds()).isEqualTo(30);
        });
        rate.take("b");
        nanos.addAndGet(30_000_000_000L);
        rate.check("a");
        rate.take("a");
        assertThatThrownBy(() -> rate.check("a")).isInstanceOf(ForebayException.class);
        new SubmissionRate(0, "imports", nanos::get).take("a");
    }
}
