package io.forebay.server.lag;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.Lag;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SampleRingTest {
    static Sample sample(int number, int second) {
        return new Sample(number, second, 5_000_000_000L + second, new Lag(second, 2L << 20, 0.5),
                new Lag(Integer.MAX_VALUE, 1, 2), 1.5, 0);
    }

    private static List<Sample> read(SampleRing ring, int from, int to) {
        List<Sample> found = new ArrayList<>();
        ring.read(from, to, number -> number != 3, found::add);
        return found;
    }

    @Test
    void whatIsReadIsWhatWasAdded() {
        SampleRing ring = new SampleRing(300, 4, 100);
        for (int second = 1; second <= 9; second++) {
            for (int number = 1; number <= 3; number++) {
                ring.add(sample(number, second));
            }
        }
        List<Sample> expected = new ArrayList<>();
        for (int second = 4; second <= 6; second++) {
            expected.add(sample(1, second));
            expected.add(sample(2, second));
        }
        assertThat(read(ring, 4, 6)).isEqualTo(expected);
        assertThat(read(ring, 0, 100)).hasSize(18);
        assertThat(read(ring, 10, 100)).isEmpty();
        assertThat(read(ring, 0, 0)).isEmpty();
        assertThat(ring.completeFrom(9)).isZero();
    }

    @Test
    void moreThanFitsGoesFromTheOldestEndAndIsTold() {
        SampleRing ring = new SampleRing(300, 4, 8);
        for (int second = 1; second <= 8; second++) {
            ring.add(sample(1, second));
        }
        assertThat(ring.completeFrom(8)).isZero();
        assertThat(ring.bytes()).isEqualTo(8 * SampleRing.SAMPLE_BYTES);
        ring.add(sample(1, 9));
        assertThat(read(ring, 0, 100)).extracting(Sample::second).containsExactly(5, 6, 7, 8, 9);
        assertThat(ring.completeFrom(9)).isEqualTo(5);
        for (int second = 10; second <= 1_000; second++) {
            ring.add(sample(1, second));
            assertThat(ring.bytes()).isLessThanOrEqualTo(8 * SampleRing.SAMPLE_BYTES);
        }
        assertThat(ring.completeFrom(1_000)).isEqualTo(993);
    }

    @Test
    void aSecondThatIsPartlyLostDoesNotCount() {
        SampleRing ring = new SampleRing(300, 4, 8);
        for (int number = 10; number < 16; number++) {
            ring.add(sample(number, 1));
        }
        for (int number = 10; number < 13; number++) {
            ring.add(sample(number, 2));
        }
        assertThat(read(ring, 0, 2)).extracting(Sample::number).containsExactly(14, 15, 10, 11, 12);
        assertThat(ring.completeFrom(2)).isEqualTo(2);
    }

    @Test
    void whatIsTooOldGoesAndTakesNoMemory() {
        SampleRing ring = new SampleRing(5, 4, 100);
        for (int second = 1; second <= 4; second++) {
            ring.add(sample(1, second));
        }
        ring.forget(8);
        assertThat(ring.bytes()).isEqualTo(4 * SampleRing.SAMPLE_BYTES);
        assertThat(ring.completeFrom(8)).isEqualTo(4);
        ring.forget(9);
        assertThat(ring.bytes()).isZero();
        assertThat(ring.completeFrom(9)).isEqualTo(5);
        assertThat(read(ring, 0, 100)).isEmpty();
        ring.add(sample(2, 10));
        assertThat(read(ring, 0, 100)).hasSize(1);
    }

    @Test
    void figuresBeyondWhatIsKeptAreTheLargestThatIs() {
        SampleRing ring = new SampleRing(5, 4, 100);
        ring.add(new Sample(1, 1, Long.MAX_VALUE, new Lag(1L << 40, 1L << 60, 1e9), Lag.NONE, 1e30, 0));
        Sample read = read(ring, 0, 1).getFirst();
        assertThat(read.operations()).isEqualTo(Long.MAX_VALUE);
        assertThat(read.ingest()).isEqualTo(new Lag(Integer.MAX_VALUE, 1L << 60, 1e9));
    }
}
