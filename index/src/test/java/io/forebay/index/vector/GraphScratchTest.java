package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The table of visited nodes, which a walk through rows of thousands of links fills at once. */
class GraphScratchTest {

    @Test
    void thereIsRoomForAsManyVisitsAsWereReserved() {
        // A step of a filtered walk with 2,048 neighbours, the most there may be: 4,096 links a row.
        int visits = 3 * 4096 + 1536;
        GraphScratch scratch = new GraphScratch();
        scratch.begin(10, 4096);
        scratch.reserveVisits(visits);
        assertThat(scratch.visitedMask).isGreaterThan(2 * visits - 2);
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            for (int node = 0; node < visits; node++) {
                assertThat(scratch.visit(node)).isTrue();
            }
            assertThat(scratch.visit(5)).isFalse();
        });
    }
}
