package io.forebay.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ServerCountersTest {
    private static final String BEFORE = """
            # TYPE forebay_acked_bytes_total counter
            forebay_acked_bytes_total{durability="os",mode="linked"} 1.0
            forebay_acked_bytes_total{durability="sync",mode="a b {c}"} 2.5E3
            # HELP forebay_log_syncs_total syncs of the log
            forebay_log_syncs_total 7
            """;

    @Test
    void seriesOfAFamilyAreAddedUp() {
        ServerCounters counters = ServerCounters.parse(BEFORE);

        assertThat(counters.sum("forebay_acked_bytes_total")).isEqualTo(2501);
        assertThat(counters.sum("forebay_log_syncs_total")).isEqualTo(7);
    }

    @Test
    void growthIsTheDifferenceOfTwoMoments() {
        ServerCounters later = ServerCounters.parse("forebay_log_syncs_total 10\n");

        assertThat(later.since(ServerCounters.parse(BEFORE), "forebay_log_syncs_total")).isEqualTo(3);
    }

    @Test
    void aFamilyThatIsNotThereIsNotZero() {
        assertThatThrownBy(() -> ServerCounters.parse(BEFORE).sum("forebay_log_sync_total"))
                .hasMessageContaining("have no forebay_log_sync_total");
    }
}
