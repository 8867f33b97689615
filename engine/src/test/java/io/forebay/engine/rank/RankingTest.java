package io.forebay.engine.rank;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.GroupBy;
import io.forebay.model.MetadataValue;
import io.forebay.model.Rank;
import io.forebay.model.Select;
import io.forebay.model.SparseVector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RankingTest {
    private static Rank knn(@Nullable Float otherwise, boolean returnRank) {
        return new Rank.Knn(new Rank.Dense(new float[]{1}), Select.EMBEDDING, 3, otherwise, returnRank);
    }

    private static Found found(float... rowsAndDistances) {
        int[] rows = new int[rowsAndDistances.length / 2];
        float[] distances = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = (int) rowsAndDistances[2 * i];
            distances[i] = rowsAndDistances[2 * i + 1];
        }
        return Ranking.found(rows, distances);
    }

    private static void check(Ranked ranked, float... rowsAndScores) {
        Found expected = new Found(new int[rowsAndScores.length / 2], new float[rowsAndScores.length / 2]);
        for (int i = 0; i < expected.rows().length; i++) {
            expected.rows()[i] = (int) rowsAndScores[2 * i];
            expected.distances()[i] = rowsAndScores[2 * i + 1];
        }
        assertThat(ranked.rows()).isEqualTo(expected.rows());
        assertThat(ranked.scores()).isEqualTo(expected.distances());
    }

    private static Rank sum(Rank... operands) {
        return new Rank.Folded(Rank.Fold.SUM, List.of(operands));
    }

    @Test
    void ofTwoWithoutDefaultOnlyWhatBothFoundHasAScore() {
        List<Found> found = List.of(found(2, 0.6f, 1, 0.8f), found(3, 0.2f, 1, 0.4f));
        check(Ranking.evaluate(sum(knn(null, false), knn(null, false)), found), 1, 1.2f);
        check(Ranking.evaluate(sum(knn(9f, false), knn(null, false)), found), 1, 1.2f, 3, 9.2f);
        check(Ranking.evaluate(sum(knn(null, false), knn(9f, false)), found), 1, 1.2f, 2, 9.6f);
        check(Ranking.evaluate(sum(knn(9f, false), knn(7f, false)), found), 1, 1.2f, 2, 7.6f, 3, 9.2f);
    }

    @Test
    void constantsScoreNobodyByThemselves() {
        check(Ranking.evaluate(new Rank.Value(1), List.of()));
        check(Ranking.evaluate(sum(new Rank.Value(1), knn(5f, false)), List.of(found(4, 2))), 4, 3);
    }

    @Test
    void placesCountFromZeroAndTiesGoByRow() {
        check(Ranking.evaluate(knn(null, true), List.of(found(9, 1, 3, 2, 1, 2, 2, 2))), 9, 0, 1, 1, 2, 2, 3,
                3);
        check(Ranking.evaluate(knn(null, false), List.of(found(9, 1, 3, 1, 1, 1))), 1, 1, 3, 1, 9, 1);
    }

    @Test
    void scoresAreOrderedWithNegativeAndInfiniteOnesAndNanIsLast() {
        Rank inverse = new Rank.Paired(Rank.Pair.DIV, new Rank.Value(1), knn(null, false));
        check(Ranking.evaluate(inverse, List.of(found(1, -2, 2, -0.0f, 3, 0, 4, 2))), 2,
                Float.NEGATIVE_INFINITY, 1, -0.5f, 4, 0.5f, 3, Float.POSITIVE_INFINITY);
        Rank log = new Rank.Applied(Rank.Function.LOG, knn(null, false));
        check(Ranking.evaluate(log, List.of(found(5, -1, 6, 0, 7, 1))), 6, Float.NEGATIVE_INFINITY, 7, 0, 5,
                Float.NaN);
        Rank atMost = new Rank.Folded(Rank.Fold.MIN, List.of(log, new Rank.Value(3)));
        check(Ranking.evaluate(atMost, List.of(found(5, -1, 6, 1))), 6, 0, 5, 3);
    }

    @Test
    void aSliceBeyondTheEndIsEmpty() {
        Ranked ranked = Ranked.inOrder(new int[]{4, 5, 6});
        check(ranked.slice(1, -1), 5, 1, 6, 2);
        check(ranked.slice(1, Integer.MAX_VALUE), 5, 1, 6, 2);
        check(ranked.slice(7, 2));
        check(ranked.slice(0, 0));
    }

    @Test
    void metadataValuesHaveOneOrder() {
        List<@Nullable MetadataValue> ordered = new ArrayList<>(Collections.singletonList(null));
        ordered.addAll(List.of(MetadataValue.FALSE, MetadataValue.TRUE, MetadataValue.of(-0x1p80),
                MetadataValue.of(Long.MIN_VALUE), MetadataValue.of(-1.5), MetadataValue.of(0L),
                MetadataValue.of(2.5), MetadataValue.of(3L), MetadataValue.of((1L << 53) + 1),
                MetadataValue.of(0x1p53 + 2), MetadataValue.of(Long.MAX_VALUE), MetadataValue.of(0x1p63),
                MetadataValue.of(Double.NaN), MetadataValue.of(""), MetadataValue.of("a"),
                MetadataValue.of(new SparseVector(new int[]{1}, new float[]{1})),
                MetadataValue.of(new SparseVector(new int[]{-1}, new float[]{0})),
                new MetadataValue.BoolArray(List.of(true)), new MetadataValue.IntArray(List.of(1L)),
                new MetadataValue.IntArray(List.of(1L, 0L)), new MetadataValue.FloatArray(List.of(0.0)),
                new MetadataValue.StrArray(List.of("b"))));
        for (int i = 0; i < ordered.size(); i++) {
            for (int j = 0; j < ordered.size(); j++) {
                assertThat(Integer.signum(ValueOrder.INSTANCE.compare(ordered.get(i), ordered.get(j))))
                        .as("%s and %s", ordered.get(i), ordered.get(j)).isEqualTo(Integer.compare(i, j));
            }
        }
        assertThat(ValueOrder.INSTANCE.compare(MetadataValue.of(0.0), MetadataValue.of(-0.0))).isZero();
        assertThat(ValueOrder.INSTANCE.compare(MetadataValue.of(5L), MetadataValue.of(5.0))).isZero();
    }

    @Test
    void equalOnesInAGroupKeepTheirPlacesAlsoFromTheLargest() {
        Ranked ranked = Ranked.inOrder(new int[]{10, 11, 12, 13, 14});
        List<@Nullable Map<String, MetadataValue>> metadata = new ArrayList<>(
                List.of(Map.of("g", MetadataValue.of(1), "p", MetadataValue.of(7)),
                        Map.of("g", MetadataValue.of(1.0), "p", MetadataValue.of(7)),
                        Map.of("g", MetadataValue.of(1), "p", MetadataValue.of(9)),
                        Map.of("p", MetadataValue.of(1))));
        metadata.add(null);
        check(Groups.keep(new GroupBy(List.of("g"), true, List.of("p"), 2), ranked, metadata), 10, 0, 12, 2,
                13,
                3, 14, 4);
        check(Groups.keep(new GroupBy(List.of("g"), false, List.of("p"), 1), ranked, metadata), 10, 0, 14, 4);
    }
}
