package io.forebay.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class QueryLoadTest {
    private static final List<float[]> QUERIES = List.of(new float[]{0}, new float[]{1});

    @Test
    void recallIsTheShareOfExactAnswersFoundInAnyOrder() {
        QueryLoad load = new QueryLoad(
                (query, count) -> query[0] == 0 ? List.of("b", "a") : List.of("x", "c"),
                QUERIES, List.of(List.of("a", "b"), List.of("c", "d")));
        assertThat(load.recall()).isEqualTo(0.75);
    }

    @Test
    void everyClientAsksAtLeastOnceAndEveryQueryIsCounted() throws Exception {
        QueryLoad load = new QueryLoad((query, count) -> List.of("a"), QUERIES,
                List.of(List.of("a"), List.of("a")));
        QueryLoad.Rate rate = load.rate(3, 0.01);
        assertThat(rate.clients()).isEqualTo(3);
        assertThat(rate.queries()).isGreaterThanOrEqualTo(3).isEqualTo(rate.latency().count());
    }

    @Test
    void aFailingSearchEndsTheLoadWithItsReason() {
        QueryLoad load = new QueryLoad((query, count) -> {
            throw new IllegalStateException("no index");
        }, QUERIES, List.of(List.of("a"), List.of("a")));
        assertThatThrownBy(() -> load.rate(2, 60)).isInstanceOf(IllegalStateException.class)
                .hasMessage("no index");
    }
}
