package io.forebay.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.bench.load.Schedule.Arrivals;
import java.io.IOException;
import java.util.Base64;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** A server that stands still: on a clock of the test's own, so that every time is known, and over real sockets. */
class OpenLoopTest {
    private static final long MILLI = 1_000_000;
    private static final int STALLED = 500;
    private static final long STALL_MILLIS = 400;

    /** Time passes only when somebody waits or works. */
    private static final class TestPace implements Pace {
        private final AtomicLong now = new AtomicLong();

        @Override
        public long nanos() {
            return now.get();
        }

        @Override
        public void until(long nanos) {
            now.accumulateAndGet(nanos, Math::max);
        }

        /** One millisecond for each request, but for one. */
        void serve(long number) {
            now.addAndGet(number == STALLED ? STALL_MILLIS * MILLI : MILLI);
        }
    }

    @Test
    void aStallIsInThePercentilesOfEverybodyWhoCameMeanwhile() throws Exception {
        TestPace pace = new TestPace();
        OpenLoop.Result open = new OpenLoop(pace).run(Schedule.of(Arrivals.CONSTANT, 200, 10, 0), 1, 10,
                pace::serve);
        // 80 of 2,000 were due while it stood still, and some until the queue was gone again: 5 %
        assertThat(open.due()).isEqualTo(2_000);
        assertThat(open.answered()).isEqualTo(2_000);
        assertThat(open.latency().percentiles().p99Millis()).isBetween(300.0, 400.0);
        assertThat(open.latency().percentiles().p50Millis()).isBetween(0.9, 1.1);
        assertThat(open.service().percentiles().p99Millis()).isBetween(0.9, 1.1);
        assertThat(open.service().percentiles().maxMillis()).isBetween(399.0, 401.0);
        assertThat(open.achievedPerSecond()).isEqualTo(200);
        assertThat(open.late().maxMillis()).isZero();
    }

    @Test
    void aClosedLoopDoesNotSeeTheSameStall() throws Exception {
        TestPace pace = new TestPace();
        ClosedLoop.Result closed = new ClosedLoop(pace).run(1, 10, pace::serve);
        assertThat(closed.latency().percentiles().p99Millis()).isBetween(0.9, 1.1);
        assertThat(closed.latency().percentiles().maxMillis()).isBetween(399.0, 401.0);
        assertThat(closed.answered()).isEqualTo(9_601);
    }

    @Test
    void aServerThatIsTooSlowIsSaidToBeAndWhatWasNotSentIsCounted() throws Exception {
        TestPace pace = new TestPace();
        // asked for 2,000/s, can do 1,000/s; a second of grace behind two of schedule
        OpenLoop.Result open = new OpenLoop(pace).run(Schedule.of(Arrivals.CONSTANT, 2_000, 2, 0), 1, 1,
                number -> pace.now.addAndGet(MILLI));
        assertThat(open.achievedPerSecond()).isBetween(990.0, 1_010.0);
        assertThat(open.answered()).isBetween(2_990L, 3_010L);
        assertThat(open.unsent()).isEqualTo(open.due() - open.answered());
        assertThat(open.latency().percentiles().count()).isEqualTo(open.due());
        assertThat(open.latency().percentiles().maxMillis()).isGreaterThan(1_000);
    }

    @Test
    void overSocketsTheStallOfAServerIsSeenByAllWhoCame() throws Exception {
        try (StallingServer server = new StallingServer(100, 500)) {
            OpenLoop.Result open = new OpenLoop().run(Schedule.of(Arrivals.CONSTANT, 400, 1, 0), 4, 30,
                    server::ask);
            assertThat(open.answered()).isEqualTo(400);
            // Of 400 requests 200 were due while it stood still: these times are floors, whatever else the machine does.
            assertThat(open.latency().percentiles().p90Millis()).isGreaterThan(250);
            assertThat(server.heldUp()).isLessThanOrEqualTo(4);
            assertThat(open.service().percentiles().count()).isEqualTo(400);
        }
    }

    @Test
    void poissonArrivalsHaveTheirMeanAndVaryAndFollowTheirSeed() {
        Schedule poisson = Schedule.of(Arrivals.POISSON, 1_000, 20, 5);
        double mean = poisson.due(poisson.count() - 1) / 1e9 / (poisson.count() - 1);
        double squares = 0;
        for (int i = 1; i < poisson.count(); i++) {
            double gap = (poisson.due(i) - poisson.due(i - 1)) / 1e9;
            assertThat(gap).isNotNegative();
            squares += (gap - mean) * (gap - mean);
        }
        assertThat(mean).isBetween(0.97e-3, 1.03e-3);
        // an exponential distribution's deviation is its mean
        assertThat(Math.sqrt(squares / (poisson.count() - 1))).isBetween(0.9 * mean, 1.1 * mean);
        assertThat(Schedule.of(Arrivals.POISSON, 1_000, 20, 5).due(777)).isEqualTo(poisson.due(777));
        assertThat(Schedule.of(Arrivals.POISSON, 1_000, 20, 6).due(777)).isNotEqualTo(poisson.due(777));
    }

    @Test
    void theEncodedHistogramHoldsEveryRequest() throws Exception {
        TestPace pace = new TestPace();
        OpenLoop.Result open = new OpenLoop(pace).run(Schedule.of(Arrivals.CONSTANT, 200, 10, 0), 1, 10,
                pace::serve);
        Histogram read = Histogram.decodeFromCompressedByteBuffer(
                ByteBuffer.wrap(Base64.getDecoder().decode(open.latency().histogram())), 0);
        assertThat(read.getTotalCount()).isEqualTo(2_000);
        assertThat(read.getValueAtPercentile(99) / 1e6)
                .isEqualTo(open.latency().percentiles().p99Millis());
        assertThat(open.latency().curve().getLast().percentile()).isEqualTo(100);
        assertThat(open.latency().curve().getLast().millis()).isBetween(399.0, 401.0);
    }

    @Test
    void aCallThatFailsEndsTheLoadWithItsReason() {
        assertThatThrownBy(() -> new OpenLoop().run(Schedule.of(Arrivals.CONSTANT, 100, 60, 0), 3, 1, n -> {
            throw new IOException("gone");
        })).isInstanceOf(IOException.class).hasMessage("gone");
    }

    @Test
    void aScheduleWithoutRequestsOrWithTooManyIsRefused() {
        assertThatThrownBy(() -> Schedule.of(Arrivals.CONSTANT, 0, 1, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Schedule.of(Arrivals.CONSTANT, 1e9, 1e9, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
