package io.forebay.client.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlowTest {
    private static final int DIMENSION = 1_000;

    /** Nothing that is sent is ever answered here. */
    @Test
    void recordsFarApartDoNotFillMoreThanTheMemoryThatIsGiven() {
        LoadSettings settings = new LoadSettings();
        settings.bytesMax = 1 << 20;
        settings.concurrency = 4;
        List<LoadBatch> sent = new ArrayList<>();
        Flow flow = new Flow(settings, new BatchPlan(1, List.of(), List.of(), 0), new LoadCounts(), sent::add,
                null);
        int producers = 40;
        long held = 0;
        long next = 0;
        while (flow.add(next % producers * 1_000_000 + next / producers, "r" + next, new float[DIMENSION],
                null, null, null, false)) {
            held += 4 * DIMENSION;
            next++;
        }
        assertThat(held).isBetween(settings.bytesMax / 2, settings.bytesMax);
        assertThat(sent).isNotEmpty();
    }

    @Test
    void aRecordLargerThanTheMemoryThatIsGivenIsTakenWhenThereIsNoOther() {
        LoadSettings settings = new LoadSettings();
        settings.bytesMax = 100;
        List<LoadBatch> sent = new ArrayList<>();
        Flow flow = new Flow(settings, new BatchPlan(1, List.of(), List.of(), 0), new LoadCounts(), sent::add,
                null);
        assertThat(flow.add(0, "a", new float[DIMENSION], null, null, null, false)).isTrue();
        assertThat(flow.add(1, "b", new float[DIMENSION], null, null, null, false)).isFalse();
        assertThat(sent).hasSize(1);
    }
}
