package io.forebay.server.lag;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.Lag;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LagHistoryTest {
    private static final Sample STORE = new Sample(1, 0, 0, Lag.NONE, Lag.NONE, 0, 0);

    private static Sample sample(int number, int second, long lag) {
        return new Sample(number, second, second, new Lag(lag, 0, 0), Lag.NONE, 0, 0);
    }

    private static Sample store(int second) {
        return new Sample(STORE.number(), second, second, Lag.NONE, Lag.NONE, 0, 0);
    }

    /** One collection that moves every second, from second 1. */
    private static LagHistory moving(int seconds) {
        LagHistory history = new LagHistory();
        for (int second = 1; second <= seconds; second++) {
            history.add(second, List.of(sample(7, second, second % 10)), store(second));
        }
        return history;
    }

    private static List<Integer> seconds(List<Sample> samples) {
        return samples.stream().map(Sample::second).toList();
    }

    private static List<Integer> range(int from, int to, int step) {
        return IntStream.rangeClosed(0, (to - from) / step).map(i -> from + i * step).boxed().toList();
    }

    @Test
    void fiveMinutesAreThereInSecondsAndAnHourInTens() {
        LagHistory history = moving(4_005);
        LagHistory.Window window = history.since(0, number -> true, 10_000);
        // 3706 is the oldest second; the step that it is in is told by its tens.
        assertThat(window.from()).isEqualTo(406);
        assertThat(window.fineFrom()).isEqualTo(3_710);
        List<Integer> expected = new ArrayList<>(range(409, 3_709, 10));
        expected.addAll(range(3_710, 4_005, 1));
        assertThat(seconds(window.collections().get(7))).isEqualTo(expected);
        assertThat(seconds(window.store())).isEqualTo(expected);
        assertThat(history.bytes()).isLessThan(200_000);
    }

    @Test
    void whoAsksForFiveMinutesGetsThemInSeconds() {
        LagHistory history = moving(1_000);
        LagHistory.Window window = history.since(701, number -> true, 10_000);
        assertThat(window.from()).isEqualTo(701);
        assertThat(window.fineFrom()).isEqualTo(701);
        assertThat(seconds(window.collections().get(7))).isEqualTo(range(701, 1_000, 1));
        assertThat(history.since(700, number -> true, 10_000).fineFrom()).isEqualTo(710);
        assertThat(history.since(1_001, number -> true, 10_000).collections()).isEmpty();
    }

    @Test
    void aSampleOfTenSecondsHasTheLastPositionAndTheWorstLag() {
        LagHistory history = moving(500);
        Sample ten = history.since(100, number -> true, 10_000).collections().get(7).getFirst();
        assertThat(ten.second()).isEqualTo(109);
        assertThat(ten.operations()).isEqualTo(109);
        assertThat(ten.ingest().records()).isEqualTo(9);
    }

    @Test
    void aCollectionThatStandsStillHasNoSamplesAndTakesNoMemory() {
        LagHistory history = new LagHistory();
        history.add(1, List.of(sample(7, 1, 3)), store(1));
        long before = history.bytes();
        for (int second = 2; second <= 3_000; second++) {
            history.add(second, List.of(), store(second));
        }
        assertThat(seconds(history.since(0, number -> true, 100).collections().get(7))).containsExactly(9);
        for (int second = 3_001; second <= 5_000; second++) {
            history.add(second, List.of(), store(second));
        }
        assertThat(history.since(0, number -> true, 100).collections()).isEmpty();
        assertThat(history.bytes()).as("only those of the store").isLessThan(before);
    }

    @Test
    void tenThousandThatMoveAllTheTimeStayWithinTheBound() {
        LagHistory history = new LagHistory();
        for (int second = 1; second <= 400; second++) {
            List<Sample> samples = new ArrayList<>();
            for (int number = 1; number <= 10_000; number++) {
                samples.add(sample(number, second, 1));
            }
            history.add(second, samples, store(second));
            assertThat(history.bytes()).isLessThan(LagHistory.BYTES_MAX + (1 << 17));
        }
        assertThat(history.bytes()).isGreaterThan(LagHistory.BYTES_MAX * 9 / 10);
        LagHistory.Window window = history.since(0, number -> number == 10_000, 10_000);
        List<Integer> seconds = seconds(window.collections().get(10_000));
        assertThat(seconds).isSorted().doesNotHaveDuplicates();
        assertThat(seconds.subList(seconds.size() - 30, seconds.size())).as("half a minute in seconds")
                .isEqualTo(range(371, 400, 1));
        assertThat(seconds.getFirst()).as("minutes in tens").isLessThan(120);
        assertThat(window.from()).isLessThanOrEqualTo(seconds.getFirst()).isPositive();
    }

    @Test
    void ofTooManySamplesTheNewestAreGivenAndTold() {
        LagHistory history = moving(200);
        LagHistory.Window window = history.since(0, number -> true, 50);
        assertThat(seconds(window.collections().get(7))).isEqualTo(range(151, 200, 1));
        assertThat(window.from()).isEqualTo(151);
        assertThat(window.store()).hasSize(200);
    }

    @Test
    void whoWasAwayForTooLongIsTold() {
        LagHistory history = moving(400);
        assertThat(history.movedBetween(100, 400)).containsExactly(7);
        assertThat(history.movedBetween(400, 400)).isEmpty();
        assertThat(history.movedBetween(99, 400)).isNull();
    }
}
