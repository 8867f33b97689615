package io.forebay.etl.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What decides how fast a reader goes. */
class PaceTest {
    @Test
    void chunksGrowWhileTheyAreQuickAndShrinkWhenTheyAreSlow() {
        ChunkSizer sizer = new ChunkSizer(256, 1000);
        sizer.took(256, TimeUnit.MILLISECONDS.toNanos(10));
        assertThat(sizer.documents()).isEqualTo(512);
        sizer.took(512, TimeUnit.MILLISECONDS.toNanos(10));
        sizer.took(1000, TimeUnit.MILLISECONDS.toNanos(10));
        assertThat(sizer.documents()).isEqualTo(1000);
        sizer.took(1000, TimeUnit.MILLISECONDS.toNanos(500));
        assertThat(sizer.documents()).isEqualTo(1000);
        for (int i = 0; i < 20; i++) {
            sizer.took(sizer.documents(), TimeUnit.SECONDS.toNanos(20));
        }
        assertThat(sizer.documents()).isEqualTo(16);
    }

    @Test
    void aChunkThatWasEndedByItsBytesSaysNothingOfTheNumberOfDocuments() {
        ChunkSizer sizer = new ChunkSizer(256, 1000);
        sizer.took(3, TimeUnit.MILLISECONDS.toNanos(1));
        assertThat(sizer.documents()).isEqualTo(256);
    }

    @Test
    void aboveTheThresholdAReaderWaitsUnlessNothingOfItsJobIsUnderWay() {
        AtomicLong rss = new AtomicLong(500);
        MemoryGate gate = new MemoryGate(1000, rss::get);
        assertThat(gate.advice(5)).isEqualTo(MemoryGate.Advice.GO);
        rss.set(950);
        gate.sample();
        assertThat(gate.advice(5)).isEqualTo(MemoryGate.Advice.SLOWLY);
        rss.set(1001);
        gate.sample();
        assertThat(gate.advice(1)).isEqualTo(MemoryGate.Advice.WAIT);
        assertThat(gate.advice(0)).isEqualTo(MemoryGate.Advice.SLOWLY);
    }

    @Test
    void theProcessKnowsHowMuchMemoryItHas() {
        assertThat(new MemoryGate(0).sample()).isGreaterThan(1 << 20);
    }
}
