package io.forebay.wal;

import static io.forebay.wal.Logs.MB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.wal.WalException.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** A disk that runs full: a tmpfs or an ext4 image of 64 MB, skipped where mounting is not allowed. */
@ParameterizedClass
@CsvSource({"tmpfs,CHRONICLE", "tmpfs,FILE", "ext4,CHRONICLE", "ext4,FILE"})
class DiskFullTest {
    @Parameter(0)
    String fileSystem;
    @Parameter(1)
    WalImplementation implementation;

    @TempDir
    Path temp;
    private Path disk;
    private boolean mounted;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(temp.resolve("disk"));
        String answer = "mount cannot be started";
        try {
            answer = fileSystem.equals("tmpfs")
                    ? run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk.toString())
                    : mountImage();
        } catch (IOException e) {
            answer += ": " + e.getMessage();
        }
        mounted = answer.isEmpty();
        if (!mounted) {
            System.out.println(
                    "DiskFullTest is skipped, mounting " + fileSystem + " is not possible here: " + answer);
        }
        Assumptions.assumeTrue(mounted, answer);
    }

    private String mountImage() throws Exception {
        Path image = temp.resolve("image");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(72 * MB);
        }
        String made = run("mkfs.ext4", "-q", "-F", "-m", "0", image.toString());
        return made.isEmpty() ? run("mount", "-o", "loop", image.toString(), disk.toString()) : made;
    }

    private WalConfig config() {
        return Logs.small().withImplementation(implementation);
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", disk.toString())).isEmpty();
        }
    }

    /** Nothing when it went well, else what it said. */
    static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        return process.waitFor() == 0 ? "" : said + "(exit " + process.exitValue() + ")";
    }

    private void fill(Path ballast, long leave) throws IOException {
        try (OutputStream out = Files.newOutputStream(ballast)) {
            byte[] block = new byte[64 << 10];
            while (Files.getFileStore(disk).getUsableSpace() > leave) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    @Test
    void belowTheReserveWritesAreRefusedAndResumeByThemselves() throws Exception {
        Path ballast = disk.resolve("ballast");
        long acked;
        try (Wal wal = Wal.open(disk.resolve("wal"), config())) {
            Logs.append(wal, 5, 100_000);
            fill(ballast, 6 * MB);
            acked = appendUntilRefused(wal);
            assertThat(wal.diskFull()).hasMessageContaining("the reserve is");
            // Reading and what gives space back go on; the extent being written has its blocks.
            assertThat(Logs.readAll(wal)).hasSize((int) acked);
            wal.appendUrgent(Logs.one(), Logs.payload(++acked, 100_000));
            wal.durable(acked).get(120, TimeUnit.SECONDS);
            Files.delete(ballast);
            long next = acked + 1;
            Awaitility.await().until(() -> tryAppend(wal, next));
            assertThat(wal.diskFull()).isNull();
            Logs.append(wal, 30, 100_000);
            assertThat(Logs.readAll(wal)).hasSize((int) acked + 31);
        }
        try (Wal wal = Wal.open(disk.resolve("wal"), config())) {
            assertThat(wal.lastSeqId()).isEqualTo(acked + 31);
        }
    }

    private static boolean tryAppend(Wal wal, long seqId) {
        try {
            wal.append(Logs.one(), Logs.payload(seqId, 100_000));
            return true;
        } catch (WalException e) {
            assertThat(e.reason()).isEqualTo(Reason.DISK_FULL);
            return false;
        }
    }

    private static long appendUntilRefused(Wal wal) {
        while (true) {
            try {
                wal.append(Logs.one(), Logs.payload(wal.lastSeqId() + 1, 100_000));
            } catch (WalException e) {
                assertThat(e.reason()).isEqualTo(Reason.DISK_FULL);
                assertThat(e).hasMessageContaining("bytes free, the reserve is " + 8 * MB);
                assertThat(wal.failure()).isNull();
                return wal.lastSeqId();
            }
        }
    }

    @Test
    void onADiskWithoutAnyByteLeftNothingAckedIsLost() throws Exception {
        Path ballast = disk.resolve("ballast");
        long acked = 0;
        try (Wal wal = Wal.open(disk.resolve("wal"), config())) {
            fill(ballast, 0);
            // Past the reserve on purpose: only the real blocks of the extents carry this.
            while (true) {
                try {
                    Appended appended = wal.appendUrgent(Logs.one(), Logs.payload(acked + 1, 10_000));
                    wal.durable(appended.maxSeqId()).get(120, TimeUnit.SECONDS);
                    acked = appended.maxSeqId();
                } catch (WalException e) {
                    assertThat(e.reason()).isEqualTo(Reason.DISK_FULL);
                    break;
                }
            }
            assertThat(acked).isGreaterThan(300);
            assertThat(wal.failure()).isNull();
            assertThatThrownBy(() -> wal.appendUrgent(Logs.header(2, 9), Logs.payload(1, 3 * MB)))
                    .isInstanceOf(WalException.class).extracting(e -> ((WalException) e).reason())
                    .isEqualTo(Reason.DISK_FULL);
            Files.delete(ballast);
            long next = acked + 1;
            Awaitility.await().until(() -> tryAppend(wal, next));
            Logs.append(wal, 9, 1000);
            acked += 10;
        }
        try (Wal wal = Wal.open(disk.resolve("wal"), config())) {
            assertThat(wal.lastSeqId()).isEqualTo(acked);
            assertThat(Logs.readAll(wal)).hasSize((int) acked);
        }
    }

    @Test
    void aFullDiskIsOpenedReadAndCarriedOn() throws Exception {
        try (Wal wal = Wal.open(disk.resolve("wal"), config())) {
            Logs.append(wal, 20, 100_000);
        }
        Path ballast = disk.resolve("ballast");
        fill(ballast, 0);
        try (Wal wal = Wal.open(disk.resolve("wal"), config())) {
            assertThat(Logs.readAll(wal)).hasSize(20);
            wal.reserveThrough(100);
            assertThatThrownBy(() -> wal.appendUrgent(Logs.one(), Logs.payload(101, 1000)))
                    .isInstanceOf(WalException.class).extracting(e -> ((WalException) e).reason())
                    .isEqualTo(Reason.DISK_FULL);
            assertThat(wal.failure()).isNull();
            Files.delete(ballast);
            Awaitility.await().until(() -> tryAppend(wal, 101));
            assertThat(Logs.readAll(wal)).hasSize(21);
        }
    }
}
