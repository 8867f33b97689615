package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random collections, batches, deletes, forks, flushes and restarts, over HTTP; after each step random reads are compared
 * with an oracle. {@code -Dforebay.seed=n} replays one run, {@code -Dforebay.model.seconds=n} says how long the long one
 * takes.
 */
@Tag("fuzz")
class ModelTest {
    private static final int STEPS = 300;
    private static final int LONG_STEPS = 1200;

    @TempDir
    Path directory;

    @Test
    @Timeout(600)
    void randomRequestsAreAnsweredAsTheOracleSays() {
        Long seed = Long.getLong("forebay.seed");
        run(seed == null ? System.nanoTime() : seed, seed == null ? STEPS : LONG_STEPS);
    }

    @Test
    @Tag("long")
    @Timeout(1800)
    void randomRequestsOfManyRunsAreAnsweredAsTheOracleSays() {
        long until = System.nanoTime()
                + Duration.ofSeconds(Long.getLong("forebay.model.seconds", 300)).toNanos();
        while (System.nanoTime() < until) {
            run(System.nanoTime(), LONG_STEPS);
        }
    }

    private void run(long seed, int steps) {
        System.err.println("seed=" + seed + " (repeat with -Dforebay.seed=" + seed + ")");
        try (ModelRun run = new ModelRun(directory.resolve("run" + seed), seed)) {
            try {
                await().atMost(Duration.ofSeconds(90)).until(run::textIsIndexed);
                for (int i = 0; i < steps; i++) {
                    run.step();
                }
                run.restart();
            } catch (AssertionError | RuntimeException fault) {
                throw new AssertionError("seed " + seed + ", " + run.told() + "\n" + fault.getMessage(),
                        fault);
            }
        }
        assertThat(LeakWatch.leaks()).isEmpty();
    }
}
