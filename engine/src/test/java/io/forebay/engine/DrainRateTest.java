package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DrainRateTest {
    private final DrainRate rate = new DrainRate();

    @Test
    void nothingDrainedIsNoRate() {
        assertThat(rate.recordsPerSecond(seconds(5))).isZero();
        rate.waiting(seconds(5));
        assertThat(rate.recordsPerSecond(seconds(9))).isZero();
    }

    @Test
    void pausesWithoutABacklogDoNotCount() {
        for (int load = 0; load < 5; load++) {
            long begin = seconds(1000 * load);
            rate.waiting(begin);
            rate.drained(500, 5_000, () -> true, begin + seconds(1));
            rate.drained(500, 5_000, () -> false, begin + seconds(2));
        }
        assertThat(rate.recordsPerSecond(seconds(100_000))).isCloseTo(500, within(1.0));
        assertThat(rate.bytesPerSecond(seconds(100_000))).isCloseTo(5_000, within(10.0));
    }

    @Test
    void whoStandsStillHasARateThatFalls() {
        rate.waiting(0);
        rate.drained(1000, 0, () -> true, seconds(1));
        assertThat(rate.recordsPerSecond(seconds(1))).isCloseTo(1000, within(1e-6));
        assertThat(rate.recordsPerSecond(seconds(4))).isCloseTo(250, within(1e-6));
    }

    @Test
    void theNewestTimeWeighsMost() {
        rate.waiting(0);
        for (int second = 1; second <= 60; second++) {
            rate.drained(100, 0, () -> true, seconds(second));
        }
        for (int second = 61; second <= 90; second++) {
            rate.drained(1000, 0, () -> true, seconds(second));
        }
        assertThat(rate.recordsPerSecond(seconds(90))).isBetween(900.0, 1000.0);
    }

    @Test
    void whatIsReachedWithoutABacklogIsNoRate() {
        rate.reached(1_000_000, 1, () -> false, seconds(1));
        assertThat(rate.recordsPerSecond(seconds(1))).isZero();
        rate.waiting(seconds(2));
        rate.reached(1_000_000, 1, () -> true, seconds(2));
        rate.reached(1_000_010, 1, () -> false, seconds(3));
        assertThat(rate.recordsPerSecond(seconds(3))).isCloseTo(10, within(1e-6));
    }

    @Test
    void whatWasThereBeforeIsNoProgress() {
        DrainRate known = new DrainRate(1_000_000, 5);
        known.waiting(0);
        known.reached(1_000_000, 5, () -> true, seconds(1));
        assertThat(known.recordsPerSecond(seconds(1))).isZero();
        known.reached(1_000_020, 5, () -> false, seconds(2));
        assertThat(known.recordsPerSecond(seconds(2))).isCloseTo(10, within(1e-6));
    }

    private static long seconds(long number) {
        return TimeUnit.SECONDS.toNanos(number);
    }
}
