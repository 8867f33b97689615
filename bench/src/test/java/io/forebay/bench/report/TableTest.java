package io.forebay.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {

    @Test
    void numbersAreAlignedToTheRightAndTextToTheLeft() {
        Table table = new Table("name", "value", "unit");
        table.row("a", 123456.7, "ms").row("longer", 0.12345, "records/s")
                .row("b", Double.NaN, "x");
        assertThat(table).hasToString("""
                name      value  unit
                a       123,457  ms
                longer    0.123  records/s
                b             -  x
                """);
    }

    @Test
    void aLineOfAnotherWidthIsRefused() {
        Table table = new Table("a", "b");
        assertThatThrownBy(() -> table.row("only one")).isInstanceOf(IllegalArgumentException.class);
    }
}
