package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BodyBudgetTest {
    private final AtomicLong clock = new AtomicLong();
    private final BodyBudget budget = new BodyBudget(100, clock::get);
    private final List<Long> granted = new ArrayList<>();

    private BodyBudget.Place ask(long count) {
        return budget.ask(count, place -> granted.add(place.count()));
    }

    @Test
    void aLargeBodyGetsItsTurnThoughSmallOnesWouldFit() {
        assertThat(ask(60)).isNull();
        assertThat(ask(90)).isNotNull();
        assertThat(ask(10)).isNotNull();
        assertThat(ask(10)).isNotNull();
        assertThat(budget.waiting()).isEqualTo(3);
        budget.give(30);
        assertThat(granted).isEmpty();
        budget.give(30);
        assertThat(granted).containsExactly(90L, 10L);
        assertThat(budget.bytes()).isEqualTo(100);
        budget.give(90);
        assertThat(granted).containsExactly(90L, 10L, 10L);
        budget.give(20);
        assertThat(budget.bytes()).isZero();
    }

    @Test
    void whoGivesUpHoldsNobodyBack() {
        assertThat(ask(50)).isNull();
        BodyBudget.Place large = Objects.requireNonNull(ask(100));
        BodyBudget.Place small = Objects.requireNonNull(ask(50));
        assertThat(budget.cancel(large)).isTrue();
        assertThat(granted).containsExactly(50L);
        assertThat(budget.cancel(small)).as("its room is taken, so it must give it back").isFalse();
        assertThat(budget.cancel(large)).isFalse();
        assertThat(budget.bytes()).isEqualTo(100);
    }

    @Test
    void whoHasBegunMayGoOnBeforeThoseWhoWait() {
        assertThat(ask(50)).isNull();
        assertThat(ask(100)).isNotNull();
        assertThat(budget.take(50)).isTrue();
        assertThat(budget.take(1)).isFalse();
    }

    @Test
    void theWaitIsThatAtTheRateOfTheLastSeconds() {
        assertThat(ask(100)).isNull();
        assertThat(budget.retryAfterSeconds(50)).as("nothing is known yet").isBetween(5, 7);
        for (int i = 0; i < 50; i++) {
            clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
            budget.give(5);
            assertThat(budget.take(5)).isTrue();
        }
        assertThat(budget.retryAfterSeconds(50)).isBetween(9, 14);
        clock.addAndGet(TimeUnit.MINUTES.toNanos(5));
        assertThat(budget.retryAfterSeconds(50)).as("nothing moves").isEqualTo(60);
    }
}
