package io.forebay.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SearchWidthTest {
    private final List<Integer> asked = new ArrayList<>();

    /** A search that finds more the wider it is: all from 1000 on. */
    private double recallAt(int width) {
        asked.add(width);
        return Math.min(1, width / 1000.0);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 12, 96, 448, 800, 1000})
    void theLeastWidthThatReachesTheRecallIsFound(int least) throws Exception {
        SearchWidth found = SearchWidth.tune(SearchWidth.CANDIDATES, least / 1000.0, this::recallAt);

        assertThat(found).isEqualTo(new SearchWidth(least, least / 1000.0, true));
        assertThat(asked).as("measurements").hasSizeLessThanOrEqualTo(5);
    }

    @Test
    void betweenTwoCandidatesTheWiderIsTaken() throws Exception {
        assertThat(SearchWidth.tune(SearchWidth.CANDIDATES, 0.065, this::recallAt).width()).isEqualTo(80);
    }

    @Test
    void whereNoneReachesItTheWidestIsSaidNotToReachIt() throws Exception {
        SearchWidth found = SearchWidth.tune(List.of(10, 100, 500), 0.95, this::recallAt);

        assertThat(found).isEqualTo(new SearchWidth(500, 0.5, false));
        assertThat(asked).as("each at most once").doesNotHaveDuplicates();
    }

    @Test
    void aWidthThatCannotBeChangedIsMeasuredOnce() throws Exception {
        assertThat(SearchWidth.tune(List.of(100), 0.95, this::recallAt))
                .isEqualTo(new SearchWidth(100, 0.1, false));
        assertThat(asked).containsExactly(100);
    }

    @Test
    void aRecallThatFallsInBetweenDoesNotYieldAWidthThatMissesIt() throws Exception {
        SearchWidth found = SearchWidth.tune(List.of(10, 20, 30, 40, 50), 0.95,
                width -> width == 20 || width >= 40 ? 0.96 : 0.94);

        assertThat(found.recall()).isEqualTo(0.96);
        assertThat(found.reached()).isTrue();
    }
}
