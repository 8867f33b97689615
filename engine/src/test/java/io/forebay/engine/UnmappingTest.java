package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** When deleted vector files are worth a collection of garbage. */
class UnmappingTest {
    private final AtomicInteger collections = new AtomicInteger();
    private final Unmapping unmapping = new Unmapping(collections::incrementAndGet);

    @Test
    void aCollectionIsAskedForWhenEnoughWasDeletedAndNotOften() {
        long start = System.nanoTime();
        unmapping.deleted(Unmapping.BYTES_MIN - 1);
        assertThat(unmapping.look(start)).isZero();
        assertThat(collections).hasValue(0);
        unmapping.deleted(1);
        assertThat(unmapping.look(start)).isZero();
        assertThat(collections).hasValue(1);
        unmapping.deleted(Unmapping.BYTES_MIN);
        assertThat(unmapping.look(start + 5)).isEqualTo(Unmapping.PAUSE_NANOS - 5);
        assertThat(collections).hasValue(1);
        assertThat(unmapping.look(start + Unmapping.PAUSE_NANOS)).isZero();
        assertThat(collections).hasValue(2);
        assertThat(unmapping.look(start + 2 * Unmapping.PAUSE_NANOS)).as("nothing since").isZero();
        assertThat(collections).hasValue(2);
    }
}
