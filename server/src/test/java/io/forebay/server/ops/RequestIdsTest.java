package io.forebay.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIdsTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @ParameterizedTest
    @ValueSource(strings = {"a", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "job:7/batch_42", "a+b=c@d.e"})
    void aSaneIdIsTaken(String id) {
        assertThat(RequestIds.of(id)).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "a b", "a\nb", "a\"b", "a{b}", "ä", "\u001b[31m", "a,b", "a;b", "<script>"})
    void anyOtherIsReplaced(String id) {
        assertThat(RequestIds.of(id)).isNotEqualTo(id).matches("[0-9a-f]{8}-[0-9a-f]+");
        assertThat(RequestIds.of("x".repeat(129))).hasSizeLessThan(40);
        assertThat(RequestIds.of("x".repeat(128))).hasSize(128);
    }

    @Test
    void idsAreDifferent() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            assertThat(ids.add(RequestIds.make())).isTrue();
        }
    }

    @Test
    void theTraceIdOfAValidTraceparentIsTaken() {
        assertThat(RequestIds.traceId("00-" + TRACE + "-00f067aa0ba902b7-01")).isEqualTo(TRACE);
        assertThat(RequestIds.traceId("cc-" + TRACE + "-00f067aa0ba902b7-01-what-the-future-brings"))
                .isEqualTo(TRACE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "00-" + TRACE + "-00f067aa0ba902b7",
            "00-" + TRACE + "-00f067aa0ba902b7-0",
            "ff-" + TRACE + "-00f067aa0ba902b7-01", "00-" + TRACE + "-00f067aa0ba902b7-01-more",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-" + TRACE + "-0000000000000000-01", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473\n-00f067aa0ba902b7-01",
            "00_" + TRACE + "-00f067aa0ba902b7-01"})
    void anyOtherIsIgnored(String header) {
        assertThat(RequestIds.traceId(header)).isNull();
    }

    @Test
    void noHeaderIsNoTrace() {
        assertThat(RequestIds.traceId(null)).isNull();
        assertThat(RequestIds.of(null)).isNotEmpty();
    }
}
