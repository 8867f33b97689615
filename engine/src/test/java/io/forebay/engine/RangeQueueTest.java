package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RangeQueueTest {
    private final RangeQueue queue = new RangeQueue(3);

    @Test
    void adjacentRangesMerge() {
        queue.add(range(1, 10, false));
        queue.add(range(11, 12, false));
        assertThat(queue.size()).isEqualTo(1);
        assertThat(queue.peek()).isEqualTo(new Range(1, 12, 100, false, 12, 12, 1));
    }

    @Test
    void aRangeAckedByTheOsDoesNotDrawOneAckedBySyncAlong() {
        queue.add(range(1, 10, false));
        queue.add(range(11, 12, true));
        assertThat(queue.size()).isEqualTo(2);
        assertThat(queue.peek().ackedByOs()).isFalse();
    }

    @Test
    void atTheBoundTheLastRangeIsStretchedAndNothingIsLost() {
        for (int i = 0; i < 10; i++) {
            queue.add(range(i * 10 + 1, i * 10 + 5, true));
        }
        assertThat(queue.size()).isEqualTo(3);
        queue.consumedUpTo(5, 100, 5, 5, 1);
        queue.consumedUpTo(15, 1100, 5, 5, 11);
        assertThat(queue.peek()).isEqualTo(new Range(21, 95, 2100, true, 40, 40, 21));
    }

    @Test
    void whatIsStretchedUnderTheIndexerKeepsItsRest() {
        queue.add(range(1, 10, false));
        Range taken = queue.peek();
        queue.add(range(11, 20, false));
        queue.consumedUpTo(taken.maxSeqId(), 107, 10, 10, 5);
        assertThat(queue.peek()).isEqualTo(new Range(11, 20, 107, false, 10, 10, 5));
    }

    @Test
    void aRangeThatIsNotAfterTheLastIsRefused() {
        queue.add(range(5, 10, false));
        assertThatThrownBy(() -> queue.add(range(10, 12, false))).hasMessageContaining("is not after 10");
    }

    /** One byte and one operation per seqId; position and time follow from the first seqId. */
    private static Range range(long min, long max, boolean ackedByOs) {
        return new Range(min, max, min * 100, ackedByOs, max - min + 1, max - min + 1, min);
    }
}
