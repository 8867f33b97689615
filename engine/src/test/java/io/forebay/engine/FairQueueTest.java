package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FairQueueTest {
    private final FairQueue queue = new FairQueue();
    private final CollectionRuntime huge = IndexerPoolTest.runtime(1);
    private final CollectionRuntime small = IndexerPoolTest.runtime(2);

    @Test
    void nobodyWaitsInAnEmptyQueue() {
        assertThat(queue.poll()).isNull();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void aSmallBacklogWaitsForOneTurnOfAnOlderHugeOneAtMost() {
        for (int already = 0; already < 3; already++) {
            queue.offer(huge, 1_000_000, 0);
            assertThat(queue.poll()).isSameAs(huge);
            queue.offer(huge, 1_000_000, 0);
            queue.offer(small, 100, 50);
            List<CollectionRuntime> next = new ArrayList<>();
            next.add(queue.poll());
            if (next.getFirst() == huge) {
                queue.offer(huge, 1_000_000, 0);
                next.add(queue.poll());
            }
            assertThat(next).contains(small);
            while (!queue.isEmpty()) {
                queue.poll();
            }
        }
    }

    @Test
    void whoHasWaitedLongestGetsHalfOfTheTurnsWhateverSmallOnesCome() {
        queue.offer(huge, 1_000_000, 0);
        int turns = 0;
        for (int i = 0; i < 100; i++) {
            queue.offer(small, 1, 1 + i);
            queue.offer(small, 1, 1 + i);
            CollectionRuntime next = queue.poll();
            if (next == huge) {
                turns++;
                queue.offer(huge, 1_000_000, 0);
            }
        }
        assertThat(turns).isEqualTo(50);
    }

    @Test
    void equalsComeInTheOrderOfTheirOffers() {
        CollectionRuntime third = IndexerPoolTest.runtime(3);
        List.of(huge, small, third).forEach(each -> queue.offer(each, 5, 5));
        assertThat(List.of(queue.poll(), queue.poll(), queue.poll())).containsExactly(huge, small, third);
        queue.offer(small, 1, 1);
        queue.offer(small, 1, 1);
        assertThat(queue.count(small)).isEqualTo(2);
        assertThat(queue.count(huge)).isZero();
    }
}
