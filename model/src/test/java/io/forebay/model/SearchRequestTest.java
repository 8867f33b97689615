package io.forebay.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class SearchRequestTest {
    private static final Rank ONE = new Rank.Value(1);

    private static Rank knn(int limit) {
        return new Rank.Knn(new Rank.Dense(new float[]{1}), Select.EMBEDDING, limit, null, false);
    }

    private static Rank nested(int depth) {
        Rank rank = ONE;
        for (int i = 1; i < depth; i++) {
            rank = new Rank.Applied(Rank.Function.ABS, rank);
        }
        return rank;
    }

    private static Rank sum(int count, Rank operand) {
        return new Rank.Folded(Rank.Fold.SUM, Collections.nCopies(count, operand));
    }

    private static SearchRequest search(Rank rank) {
        return SearchRequest.ranked(rank, 10, Select.IDS);
    }

    @Test
    void expressionsHaveLimitsThatAreNamed() {
        search(nested(SearchRequest.RANK_DEPTH_MAX));
        assertThatThrownBy(() -> search(nested(SearchRequest.RANK_DEPTH_MAX + 1)))
                .isInstanceOf(ForebayException.class).hasMessageContaining("limit rank.depth");
        search(sum(SearchRequest.RANK_NODES_MAX - 1, ONE));
        assertThatThrownBy(() -> search(sum(SearchRequest.RANK_NODES_MAX, ONE)))
                .hasMessageContaining("limit rank.expressions");
        search(sum(SearchRequest.KNN_MAX, knn(1)));
        assertThatThrownBy(() -> search(sum(SearchRequest.KNN_MAX + 1, knn(1))))
                .hasMessageContaining("limit rank.knn");
        search(knn(SearchRequest.KNN_LIMIT_MAX));
        assertThatThrownBy(() -> search(
                new Rank.Paired(Rank.Pair.SUB, ONE, knn(SearchRequest.KNN_LIMIT_MAX + 1))))
                .hasMessageContaining("limit knn.limit");
    }

    @Test
    void whatIsSelectedIsSaidOnceAndInOrder() {
        Select select = Select.of("z", Select.SCORE, "a", Select.DOCUMENT, "z", "#other");
        assertThat(select.keys()).containsExactly(Select.DOCUMENT, Select.SCORE, "#other", "a", "z");
        assertThat(select.fields()).containsExactly("#other", "a", "z");
        assertThat(select.anyMetadata()).isTrue();
        assertThat(Select.of(Select.SCORE).anyMetadata()).isFalse();
        assertThat(Select.IDS.keys()).isEqualTo(List.of());
    }

    @Test
    void sparseVectorsKeepTheirInvariants() {
        assertThat(new SparseVector(new int[]{1, -2, -1}, new float[]{1, 2, 3}).size()).isEqualTo(3);
        for (int[] indices : new int[][]{{2, 1}, {1, 1}, {-1, 1}}) {
            assertThatThrownBy(() -> new SparseVector(indices, new float[]{1, 2}))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("ascending");
        }
        assertThatThrownBy(() -> new SparseVector(new int[]{1}, new float[0]))
                .hasMessageContaining("lengths");
        assertThatThrownBy(() -> new SparseVector(new int[]{1}, new float[]{Float.NaN}))
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> new SparseVector(new int[]{1}, new float[]{1}, List.of("a", "b")))
                .hasMessageContaining("tokens");
        assertThat(new SparseVector(new int[]{1}, new float[]{1}, List.of()))
                .isEqualTo(new SparseVector(new int[]{1}, new float[]{1}));
    }
}
