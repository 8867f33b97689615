package io.forebay.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTest {

    @Test
    void medianOfAnOddNumberIsTheMiddleOne() {
        assertThat(Summary.of(30, 10, 20)).isEqualTo(new Summary(20, 10, 30, 3, 15, 25));
    }

    @Test
    void medianOfAnEvenNumberIsBetweenTheTwoMiddleOnes() {
        assertThat(Summary.of(40, 10, 30, 20)).isEqualTo(new Summary(25, 10, 40, 4, 17.5, 32.5));
    }

    @Test
    void oneValueIsItsOwnSpread() {
        assertThat(Summary.of(7)).isEqualTo(new Summary(7, 7, 7, 1, 7, 7));
    }

    @Test
    void theValuesKeepTheirOrder() {
        double[] values = {3, 1, 2};
        Summary.of(values);
        assertThat(values).containsExactly(3, 1, 2);
    }

    @Test
    void nothingHasNoMedian() {
        assertThatThrownBy(Summary::of).isInstanceOf(IllegalArgumentException.class);
    }

    /** Everything was ten times slower in the second round; the ratio of medians would be 110 / 11. */
    @Test
    void ratiosAreFormedWithinEachRound() {
        List<Double> on = List.of(200.0, 20.0);
        List<Double> off = List.of(20.0, 2.0);
        assertThat(Summary.ofRatios(on, off, value -> value)).isEqualTo(Summary.of(10, 10));

        List<Double> uneven = List.of(50.0, 2.0);
        assertThat(Summary.ofRatios(on, uneven, value -> value)).isEqualTo(Summary.of(4, 10));
    }

    @Test
    void roundsThatCannotBePairedAreRefused() {
        assertThatThrownBy(() -> Summary.ofRatios(List.of(1.0), List.of(1.0, 2.0), value -> value))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("1 runs");
    }
}
