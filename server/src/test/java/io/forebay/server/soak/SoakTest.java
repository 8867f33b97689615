package io.forebay.server.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mixed writers and readers, collections dropped and made again, settings changed, and a server process that is
 * killed at random moments: nothing that was acknowledged is lost, no answer breaks a promise of docs/consistency.md,
 * and memory stays flat. {@code -Dforebay.soak.seconds=n} says how long (1,200), {@code -Dforebay.seed=n} with which
 * seed.
 */
class SoakTest {
    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void aShortSoakWithOneKillBreaksNoPromise() throws Exception {
        SoakRun run = new SoakRun(directory, seed(), 8);
        run.run();
        assertThat(run.told()).contains("violations 0");
    }

    @Test
    @Tag("long")
    @Timeout(6 * 3600)
    void aSoakBreaksNoPromiseAndItsMemoryIsFlat() throws Exception {
        SoakRun run = new SoakRun(directory, seed(), Long.getLong("forebay.soak.seconds", 1_200));
        try {
            run.run();
        } finally {
            System.err.println(run.told());
        }
        assertThat(run.memory().isFlat()).as(run.memory().told()).isTrue();
    }

    private static long seed() {
        Long given = Long.getLong("forebay.seed");
        long seed = given == null ? System.nanoTime() : given;
        System.err.println("seed=" + seed + " (repeat with -Dforebay.seed=" + seed + ")");
        return seed;
    }
}
