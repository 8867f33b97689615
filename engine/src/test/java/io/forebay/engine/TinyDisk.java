package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** A tmpfs that a test fills; the test is skipped, with the reason, where mounting is not allowed. */
public final class TinyDisk implements AutoCloseable {
    private final Path place;
    private final Path ballast;

    public TinyDisk(Path place, int megabytes) throws Exception {
        this.place = Files.createDirectories(place);
        this.ballast = place.resolve("ballast");
        String said;
        try {
            said = run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", place.toString());
        } catch (IOException e) {
            said = "mount cannot be started: " + e.getMessage();
        }
        if (!said.isEmpty()) {
            System.err.println("skipped, mounting is not possible here: " + said);
        }
        Assumptions.assumeTrue(said.isEmpty(), said);
    }

    /** Leaves nothing. */
    public void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(ballast)) {
            byte[] block = new byte[4096];
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }

    public void free() throws IOException {
        Files.delete(ballast);
    }

    @Override
    public void close() throws Exception {
        assertThat(run("umount", "-l", place.toString())).isEmpty();
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        return process.waitFor() == 0 ? "" : said + "(exit " + process.exitValue() + ")";
    }
}
