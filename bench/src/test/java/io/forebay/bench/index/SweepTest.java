package io.forebay.bench.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SweepTest {
    private static Sweep sweep() {
        Sweep sweep = new Sweep();
        sweep.add(new Sweep.Point(10, 0.90, 4000));
        sweep.add(new Sweep.Point(20, 0.94, 2000));
        sweep.add(new Sweep.Point(40, 0.96, 1000));
        return sweep;
    }

    /** Half way in recall is half way in time: between 500 and 1,000 microseconds. */
    @Test
    void betweenTwoPointsTheTimeOfAQueryIsInProportionToRecall() {
        assertThat(sweep().perSecondAt(0.95)).isEqualTo(1e6 / 750, within(1e-6));
        assertThat(sweep().perSecondAt(0.94)).isEqualTo(2000, within(1e-6));
    }

    @Test
    void nothingIsSaidBeyondTheLastPointAndNoMoreThanTheFirstBeforeIt() {
        assertThat(sweep().perSecondAt(0.99)).isNaN();
        assertThat(sweep().perSecondAt(0.5)).isEqualTo(4000);
        assertThat(sweep().isAllAbove(0.9)).isTrue();
        assertThat(sweep().isAllAbove(0.91)).isFalse();
    }

    /** A wider search that happens to find less is not taken for the place where the recall is reached. */
    @Test
    void theFirstPointThatReachesTheRecallCounts() {
        Sweep sweep = new Sweep();
        sweep.add(new Sweep.Point(10, 0.96, 3000));
        sweep.add(new Sweep.Point(20, 0.94, 2000));
        sweep.add(new Sweep.Point(40, 0.97, 1000));
        assertThat(sweep.perSecondAt(0.95)).isEqualTo(3000);
    }

    @Test
    void widthsGrow() {
        assertThatThrownBy(() -> sweep().add(new Sweep.Point(40, 1, 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
