package io.forebay.server.overview;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class OverviewMonitorTest {
    private static final double[] BOUNDS = {1e6, 2e6, 10e6};
    private static final long SECOND = 1_000_000_000L;

    private static Latencies of(double... cumulative) {
        return new Latencies(BOUNDS, new double[]{cumulative[0], cumulative[1], cumulative[2]},
                cumulative[3]);
    }

    @Test
    void aShareLiesOnTheLineBetweenTwoBounds() {
        Latencies times = of(10, 30, 40, 40);
        assertThat(times.millis(0.5)).isEqualTo(1.5);
        assertThat(times.millis(0.25)).isEqualTo(1.0);
        assertThat(times.millis(0.99)).isCloseTo(9.68, Offset.offset(1e-9));
        assertThat(of(0, 0, 0, 5).millis(0.5)).as("all above the last bound").isEqualTo(10);
        assertThat(Latencies.NONE.millis(0.5)).isNull();
        assertThat(of(0, 0, 0, 0).millis(0.5)).isNull();
    }

    @Test
    void whatIsOldIsNotInTheLatenciesOfNow() {
        Latencies before = of(100, 100, 100, 100);
        Latencies now = before.plus(of(0, 0, 10, 10));
        assertThat(now.millis(0.5)).isLessThan(1);
        assertThat(now.since(before).millis(0.5)).isEqualTo(6);
        assertThat(now.since(Latencies.NONE)).isEqualTo(now);
    }

    @Test
    void ratesAreOfTheLastSecondsAndNotSinceTheStart() {
        AtomicLong acks = new AtomicLong();
        OverviewMonitor monitor = new OverviewMonitor(() -> new Counts(acks.get(), 0, 0, Latencies.NONE, 0,
                Latencies.NONE, 0, 0));
        long from = System.nanoTime();
        for (int second = 1; second <= 60; second++) {
            acks.addAndGet(second <= 40 ? 1000 : 5);
            monitor.look(from + second * SECOND);
        }
        OverviewMonitor.Recent recent = monitor.recent(from + 60 * SECOND);
        assertThat(recent.seconds()).isBetween(10.0, 11.5);
        assertThat(recent.perSecond(recent.then().acks(), recent.now().acks()))
                .isCloseTo(5, Offset.offset(0.01));
    }
}
