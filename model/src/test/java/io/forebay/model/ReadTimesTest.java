package io.forebay.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.ReadTimes.Stage;
import org.junit.jupiter.api.Test;

class ReadTimesTest {
    @Test
    void stagesAddUpToAllThatWentBy() {
        ReadTimes times = new ReadTimes();
        long begun = System.nanoTime();
        long at = ReadTimes.lap(times, Stage.WAIT, begun);
        at = ReadTimes.lap(times, Stage.SEARCH, at);
        long searched = times.nanos(Stage.SEARCH);
        at = ReadTimes.lap(times, Stage.RECORDS, at);
        at = ReadTimes.lap(times, Stage.SEARCH, at);

        assertThat(times.nanos(Stage.SEARCH)).isGreaterThanOrEqualTo(searched);
        long sum = 0;
        for (Stage stage : Stage.values()) {
            sum += times.nanos(stage);
        }
        assertThat(sum).isEqualTo(at - begun);
        assertThat(times.nanos(Stage.FILTER)).isZero();
    }

    @Test
    void nobodyIsToldWhereNobodyAsked() {
        assertThat(ReadTimes.lap(null, Stage.WAIT, 17)).isEqualTo(17);
    }

    @Test
    void theTextHasMillisecondsWithThreeDigits() {
        ReadTimes times = new ReadTimes();
        assertThat(times.text())
                .isEqualTo("wait;dur=0.000, filter;dur=0.000, search;dur=0.000, records;dur=0.000");
        ReadTimes.lap(times, Stage.FILTER, System.nanoTime() - 2_034_000_000L);
        assertThat(times.text()).matches("wait;dur=0\\.000, filter;dur=\\d{4,}\\.\\d{3}, search.*");
    }
}
