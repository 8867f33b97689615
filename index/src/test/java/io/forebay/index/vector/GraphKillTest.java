package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.Space;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process is killed while it stores graphs: the one that it had stored before is there. */
class GraphKillTest {

    private static final int COUNT = 6_000;
    private static final VectorConfig CONFIG = new VectorConfig(8, Space.L2, 8, 40, 40);

    @TempDir
    Path directory;

    @Test
    void theGraphStoredBeforeIsThereAfterAKill() throws Exception {
        kill(3);
    }

    @Test
    @Tag("long")
    void theGraphStoredBeforeIsThereAfterManyKills() throws Exception {
        kill(100);
    }

    private void kill(int lives) throws IOException, InterruptedException {
        Random random = TestVectors.random("GraphKillTest");
        for (int life = 0; life < lives; life++) {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "@" + Path.of(System.getProperty("forebay.root"), "jvm.options"), "-Xmx256m", "-cp",
                    System.getProperty("java.class.path"), Child.class.getName(), directory.toString()));
            Process child = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            int wanted = 1 + random.nextInt(30);
            long killAt = 0;
            int stored = 0;
            try (BufferedReader lines = new BufferedReader(
                    new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    stored += line.equals("stored") ? 1 : 0;
                    if (stored == wanted) {
                        killAt = killAt == 0 ? System.nanoTime() + random.nextInt(3_000_000) : killAt;
                        while (System.nanoTime() < killAt) {
                            Thread.onSpinWait();
                        }
                        child.toHandle().destroyForcibly();
                    }
                }
            }
            assertThat(child.waitFor()).isEqualTo(128 + 9);
            assertThat(stored).isPositive();
            try (VectorSegment segment = VectorSegment.open(directory, CONFIG, COUNT, null)) {
                assertThat(segment.linked()).isEqualTo(COUNT);
                GraphStoreTest.assertSound(segment);
            }
        }
        assertThat(Files.exists(directory.resolve("graph"))).isTrue();
    }

    /** Builds a graph, or takes up the one that is there, and stores it until it is killed. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            Path directory = Path.of(arguments[0]);
            boolean first = !Files.exists(directory.resolve("graph"));
            try (VectorSegment segment = VectorSegment.open(directory, CONFIG, first ? 0 : COUNT, null)) {
                if (first) {
                    TestVectors.append(segment, TestVectors.clustered(new Random(1), COUNT, 8));
                    TestVectors.linkAll(segment);
                    segment.force();
                }
                while (segment.storeGraph() > 0) {
                    System.out.println("stored");
                    System.out.flush();
                }
            }
        }
    }
}
