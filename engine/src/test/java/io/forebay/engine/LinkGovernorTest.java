package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LinkGovernorTest {
    private static final int RECORDS_FEW = 10;
    private static final int RECORDS_MANY = 1_000;

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
            governor.appended(RECORDS_FEW);
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
            governor.appended(RECORDS_FEW);
            pause = turn();
        }
        assertThat(pause).isZero();
    }

    @Test
    void linkingThatHasToWaitForACoreCountsAsAFullMachine() {
        load = 0.7;
        governor.linked(TimeUnit.MILLISECONDS.toNanos(10), TimeUnit.MILLISECONDS.toNanos(5));
        assertThat(pauseOfALoad(RECORDS_FEW)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(40));
        governor.linked(TimeUnit.MILLISECONDS.toNanos(10), TimeUnit.MILLISECONDS.toNanos(9));
        assertThat(pauseOfALoad(RECORDS_FEW)).isZero();
    }

    @Test
    void whenTheBatchesEndTheLimitEnds() {
        onAFullMachineTheShareGoesDownToItsMinimumAndNotBelow();
        now += TimeUnit.MILLISECONDS.toNanos(201);
        assertThat(turn()).isZero();
    }

    @Test
    void aBulkLoadThatNobodySearchesBesideLeavesLinkingTheSquareOfTheShare() {
        assertThat(pauseOfALoad(RECORDS_MANY)).as("24 times the turn: a twenty-fifth of the time")
                .isCloseTo(TimeUnit.MILLISECONDS.toNanos(240), within(1_000L));
    }

    @Test
    void aSearchGivesLinkingTheWholeShareForAWhile() {
        pauseOfALoad(RECORDS_MANY);
        governor.searched();
        assertThat(pauseOfALoad(RECORDS_MANY)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(40));
        now += TimeUnit.SECONDS.toNanos(10);
        assertThat(pauseOfALoad(RECORDS_MANY)).isCloseTo(TimeUnit.MILLISECONDS.toNanos(240), within(1_000L));
    }

    @Test
    void whenTheBulkLoadBecomesATrickleLinkingGetsTheWholeShareAgain() {
        pauseOfALoad(RECORDS_MANY);
        assertThat(pauseOfALoad(RECORDS_FEW)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(40));
    }

    @Test
    void batchesThatComeSeldomAreAStreamAsWell() {
        governor.appended(RECORDS_MANY);
        now += TimeUnit.MILLISECONDS.toNanos(500);
        for (int i = 0; i < 50; i++) {
            governor.appended(RECORDS_MANY);
            now += TimeUnit.MILLISECONDS.toNanos(440);
            assertThat(turn()).as("500 ms after batch %d", i).isPositive();
        }
        now += TimeUnit.MILLISECONDS.toNanos(500);
        assertThat(turn()).as("1,060 ms after the last").isZero();
    }

    @Test
    void aLongTurnIsNotFollowedByALongerPauseThanHalfASecond() {
        pauseOfALoad(RECORDS_MANY);
        assertThat(governor.pauseNanos(TimeUnit.SECONDS.toNanos(1)))
                .isEqualTo(TimeUnit.MILLISECONDS.toNanos(500));
    }

    /** The last of many. */
    private long pauseOfALoad(int records) {
        long pause = 0;
        for (int i = 0; i < 50; i++) {
            governor.appended(records);
            pause = turn();
        }
        return pause;
    }

    /** A turn of 10 ms, some time after the last one. */
    private long turn() {
        now += TimeUnit.MILLISECONDS.toNanos(60);
        return governor.pauseNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
}
