package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TroubleTest {
    private final Trouble trouble = new Trouble();

    @Test
    void theDelayDoublesUpToItsLimit() {
        assertThat(trouble.failed("disk")).isEqualTo(100);
        assertThat(trouble.failed("disk")).isEqualTo(200);
        for (int i = 0; i < 30; i++) {
            assertThat(trouble.failed("disk")).isBetween(400L, 10_000L);
        }
        assertThat(trouble.reason()).isEqualTo("disk");
    }

    @Test
    void whatWorksAgainBeginsAnew() {
        assertThat(trouble.over()).isFalse();
        trouble.failed("disk");
        trouble.failed("disk");
        assertThat(trouble.over()).isTrue();
        assertThat(trouble.reason()).isNull();
        assertThat(trouble.failed("again")).isEqualTo(100);
    }
}
