package io.forebay.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A power cut: an ext4 image on a loop device, copied while the writer is stopped in the middle of its work. What was not
 * synced is not in the copy. Everything acknowledged as synced before must be; skipped where mounting is not allowed.
 */
@Tag("long")
class PowerCutTest {
    private static final int ROUNDS = 12;
    private static final int WORK_MILLIS_MAX = 1500;

    @TempDir
    Path temp;
    private Path disk;

    @AfterEach
    void unmount() throws Exception {
        if (disk != null) {
            DiskFullTest.run("umount", disk.toString());
        }
    }

    private void mount(Path image) throws Exception {
        disk = Files.createDirectories(temp.resolve("disk"));
        String answer = DiskFullTest.run("mount", "-o", "loop", image.toString(), disk.toString());
        if (!answer.isEmpty()) {
            System.out.println("PowerCutTest is skipped, mounting an image is not possible here: " + answer);
        }
        Assumptions.assumeTrue(answer.isEmpty(), answer);
    }

    @Test
    @Timeout(600)
    void nothingSyncedIsLostByPowerCuts() throws Exception {
        Random random = Logs.random("nothingSyncedIsLostByPowerCuts");
        Path image = temp.resolve("image");
        try (FileChannel channel = FileChannel.open(image, StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE)) {
            channel.write(java.nio.ByteBuffer.allocate(1), (256 << 20) - 1);
        }
        assertThat(DiskFullTest.run("mkfs.ext4", "-q", "-F", image.toString())).isEmpty();
        long synced = 0;
        for (int round = 0; round < ROUNDS; round++) {
            mount(image);
            Path after = temp.resolve("after");
            synced = Math.max(synced, writeAndCut(image, after, random));
            assertThat(DiskFullTest.run("umount", disk.toString())).isEmpty();
            Files.move(after, image, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            mount(image);
            long last = CrashTest.check(disk.resolve("wal"), synced);
            System.out.println("round " + round + ": synced " + synced + ", found " + last);
            assertThat(DiskFullTest.run("umount", disk.toString())).isEmpty();
        }
    }

    /** Returns the last seqId told as synced before the copy began. */
    private long writeAndCut(Path image, Path after, Random random) throws Exception {
        Process child = LockTest.child(CrashTest.Victim.class, disk.resolve("wal").toString(),
                Long.toString(random.nextLong()), "-", "0", CrashTest.implementation(random));
        long synced = 0;
        long end = 0;
        try (BufferedReader reader = child.inputReader()) {
            int millis = random.nextInt(WORK_MILLIS_MAX);
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                end = end == 0 ? System.nanoTime() + millis * 1_000_000L : end;
                if (line.startsWith("synced")) {
                    synced = Long.parseLong(line.substring(7));
                }
                if (System.nanoTime() > end) {
                    break;
                }
            }
            // Stopped, so that the copy is of one moment; its dirty pages stay in memory.
            assertThat(DiskFullTest.run("kill", "-STOP", Long.toString(child.pid()))).isEmpty();
            Files.copy(image, after);
        } catch (IOException e) {
            throw new AssertionError(e);
        } finally {
            child.destroyForcibly().waitFor();
        }
        return synced;
    }
}
