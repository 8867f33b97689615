package io.forebay.wal;

import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Thousands of lives of a log on a disk that loses whatever was not synced, each from its own seed, each by one thread:
 * what a seed does once it does always.
 */
@Tag("fuzz")
class SimulationTest {

    @Test
    void whateverTheDiskLosesNothingAckedIsLost() {
        run("whateverTheDiskLosesNothingAckedIsLost", 400);
    }

    @Test
    @Tag("long")
    @Timeout(1800)
    void whateverTheDiskLosesNothingAckedIsLostInManyThousandSeeds() {
        run("whateverTheDiskLosesNothingAckedIsLostInManyThousandSeeds",
                Integer.getInteger("forebay.simulations", 30_000));
    }

    private static void run(String test, int seeds) {
        Random random = Logs.random(test);
        long begin = System.nanoTime();
        SimulatedLives.Totals totals = new SimulatedLives.Totals();
        for (int i = 0; i < seeds; i++) {
            long seed = random.nextLong();
            try {
                new SimulatedLives(seed, totals).run();
            } catch (Throwable e) {
                throw new AssertionError("in simulation " + i + " of seed " + seed
                        + "; repeat it alone with new SimulatedLives(" + seed + "L, …).run()", e);
            }
        }
        double minutes = (System.nanoTime() - begin) / 60e9;
        System.out.printf("%s: %s, %,.0f seeds a minute%n", test, totals, seeds / minutes);
    }
}
