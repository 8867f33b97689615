package io.forebay.bench.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OwnRecordsTest {
    private final OwnRecords own = new OwnRecords();

    @Test
    void whatWasAckedMustBeThereInItsLastVersion() {
        own.acked(List.of("a", "b"), 1);
        own.acked(List.of("a"), 2);
        assertThat(own.compare(List.of("a", "b", "c"), Map.of("a", 2, "b", 1))).isEmpty();
        assertThat(own.compare(List.of("a", "b"), Map.of("b", 1)))
                .containsExactly("a has version 0, must have 2");
        own.acked(List.of("b"), 3);
        assertThat(own.compare(List.of("b"), Map.of("b", 1))).containsExactly("b has version 1, must have 3");
    }

    @Test
    void whatWasDeletedMustBeGone() {
        own.acked(List.of("a"), 1);
        own.acked(List.of("a"), OwnRecords.NONE);
        assertThat(own.compare(List.of("a"), Map.of("a", 1))).containsExactly("a has version 1, must have 0");
    }

    @Test
    void aWriteWithoutAnAnswerMayHaveHappenedOrNotAndThenStaysSo() {
        own.acked(List.of("a", "b"), 1);
        own.inDoubt(List.of("a", "b"), 2);
        assertThat(own.compare(List.of("a", "b"), Map.of("a", 2, "b", 1))).isEmpty();
        assertThat(own.compare(List.of("a", "b"), Map.of("a", 1, "b", 2)))
                .containsExactly("a has version 1, must have 2", "b has version 2, must have 1");
    }

    @Test
    void severalDoubtsAddUpAndNothingElseIsAllowed() {
        own.inDoubt(List.of("a"), 1);
        own.inDoubt(List.of("a"), 2);
        assertThat(own.compare(List.of("a"), Map.of("a", 3))).singleElement().asString()
                .startsWith("a has version 3, must have one of [");
        own.inDoubt(List.of("b"), 1);
        own.inDoubt(List.of("b"), 2);
        assertThat(own.compare(List.of("b"), Map.of())).isEmpty();
    }
}
