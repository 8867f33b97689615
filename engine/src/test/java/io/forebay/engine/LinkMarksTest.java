package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LinkMarksTest {
    private final LinkMarks marks = new LinkMarks(new LinkMarks.Mark(0, 0, 0, 0, 0));

    @Test
    void aMarkIsReachedWhenItsOrdinalsAreLinked() {
        marks.add(mark(10, 10));
        marks.add(mark(20, 10));
        marks.add(mark(30, 25));
        assertThat(marks.reached(9).seqId()).isZero();
        assertThat(marks.reached(24).seqId()).isEqualTo(20);
        assertThat(marks.oldestWaiting().seqId()).isEqualTo(30);
        assertThat(marks.reached(25).seqId()).isEqualTo(30);
        assertThat(marks.oldestWaiting()).isNull();
    }

    @Test
    void tooManyMarksAreThinnedWithoutClaimingTooMuch() {
        int count = 100_000;
        for (int i = 1; i <= count; i++) {
            marks.add(mark(i, i));
        }
        for (int linked = 0; linked <= count; linked += 997) {
            assertThat(marks.reached(linked).seqId()).isLessThanOrEqualTo(linked);
        }
        assertThat(marks.reached(count).seqId()).isEqualTo(count);
    }

    @Test
    void theOldestMarkKeepsItsAgeWhenMarksAreThinned() {
        for (int i = 1; i <= 40_000; i++) {
            marks.add(mark(i, i));
        }
        assertThat(marks.oldestWaiting().appendTimeMillis()).isEqualTo(1);
    }

    private static LinkMarks.Mark mark(long seqId, int ordinals) {
        return new LinkMarks.Mark(seqId, ordinals, seqId, seqId, seqId);
    }
}
