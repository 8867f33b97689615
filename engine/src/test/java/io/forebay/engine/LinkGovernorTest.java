package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LinkGovernorTest {
    private double load = 1;
    private long now = 1_000_000_000L;
    private final LinkGovernor governor = new LinkGovernor(0.2, () -> load, () -> now);

    @Test
    void withoutNewBatchesNothingIsHeldBack() {
        assertThat(turn()).isZero();
    }

    @Test
    void onAFullMachineTheShareGoesDownToItsMinimumAndNotBelow() {
        long pause = 0;
        for (int i = 0; i < 50; i++) {
            governor.appended();
            long next = turn();
            assertThat(next).isGreaterThanOrEqualTo(pause);
            pause = next;
        }
        assertThat(pause).as("four times the turn: a fifth of the time")
                .isEqualTo(TimeUnit.MILLISECONDS.toNanos(40));
    }

    @Test
    void anIdleCoreGivesTheShareBack() {
        onAFullMachineTheShareGoesDownToItsMinimumAndNotBelow();
        load = 0.7;
        long pause = Long.MAX_VALUE;
        for (int i = 0; i < 50; i++) {
            governor.appended();
            pause = turn();
        }
        assertThat(pause).isZero();
    }

    @Test
    void whenTheBatchesEndTheLimitEnds() {
        onAFullMachineTheShareGoesDownToItsMinimumAndNotBelow();
        now += TimeUnit.MILLISECONDS.toNanos(201);
        assertThat(turn()).isZero();
    }

    /** A turn of 10 ms, some time after the last one. */
    private long turn() {
        now += TimeUnit.MILLISECONDS.toNanos(60);
        return governor.pauseNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
}
