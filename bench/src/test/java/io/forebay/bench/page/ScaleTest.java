package io.forebay.bench.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScaleTest {

    @Test
    void eachNineIsAsFarFromTheLast() {
        Scale nines = Scale.nines(0, 0.999, true);
        double nine = nines.place(0.9) - nines.place(0);
        assertThat(nines.place(0.99) - nines.place(0.9)).isEqualTo(nine, within(1e-9));
        assertThat(nines.place(0.999)).isEqualTo(1, within(1e-9));
        assertThat(nines.place(1)).isEqualTo(1);
        assertThat(nines.marks()).extracting(Scale.Mark::label).contains("90 %", "99 %", "99.9 %");
    }

    @Test
    void aLogarithmicScaleHoldsItsValuesAndMarksLieWhereTheyBelong() {
        Scale scale = Scale.logarithmic(7, 900);
        assertThat(scale.place(7)).isBetween(0.0, 0.1);
        assertThat(scale.place(900)).isBetween(0.9, 1.0);
        assertThat(scale.marks()).extracting(Scale.Mark::label).containsExactly("5", "10", "20", "50", "100",
                "200", "500", "1000");
        assertThat(scale.marks()).isSortedAccordingTo(
                (a, b) -> Double.compare(scale.place(a.value()), scale.place(b.value())));
        assertThat(scale.place(5)).isEqualTo(0, within(1e-9));
        assertThat(Scale.logarithmic(0, 0).marks()).isNotEmpty();
        assertThat(Scale.logarithmic(0.01, 10_000).marks()).hasSizeLessThan(9);
    }

    @Test
    void aLinearScaleBeginsAtNothingWithRoundMarks() {
        assertThat(Scale.linear(19_400, 6).marks()).extracting(Scale.Mark::label).containsExactly("0", "5000",
                "10 k", "15 k");
        assertThat(Scale.linear(0, 6).marks()).isNotEmpty();
        assertThat(Scale.linear(3, 8).place(1.5)).isEqualTo(0.5);
    }
}
