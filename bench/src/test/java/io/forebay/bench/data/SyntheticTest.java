package io.forebay.bench.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.client.dataset.DatasetException;
import io.forebay.model.Space;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SyntheticTest {
    private static final int POINTS = 2_500;

    private static VectorData make(String settings) throws DatasetException {
        return Synthetic.parse(Synthetic.PREFIX + "queries=10,records=" + POINTS + "," + settings)
                .make(Long.MAX_VALUE);
    }

    private static double estimated(String settings) throws DatasetException {
        return IntrinsicDimension.twoNearest(make(settings).rows(), POINTS);
    }

    /** The estimate is known to be low from some ten dimensions on; the seeds are fixed, so it is always the same. */
    @ParameterizedTest
    @CsvSource({"linear,2,0.12", "linear,6,0.15", "linear,14,0.25", "smooth,2,0.15", "smooth,5,0.2",
            "smooth,10,0.3", "clusters,3,0.2", "clusters,8,0.25"})
    void pointsHaveTheDimensionThatWasAskedFor(String shape, int intrinsic, double tolerated)
            throws Exception {
        double found = estimated("dimension=48,clusters=8,shape=" + shape + ",intrinsic=" + intrinsic);
        assertThat(found).isBetween(intrinsic * (1 - tolerated), intrinsic * (1 + tolerated));
    }

    @Test
    void noiseHasTheDimensionOfTheWholeSpace() throws Exception {
        assertThat(estimated("dimension=48,intrinsic=3,noise=0.5"))
                .isGreaterThan(3 * estimated("dimension=48,intrinsic=3"));
    }

    @Test
    void theEstimateOfPointsThatFillTheirSpaceIsItsDimension() {
        Random random = new Random(3);
        List<float[]> points = new ArrayList<>();
        for (int i = 0; i < POINTS; i++) {
            points.add(new float[]{random.nextFloat(), random.nextFloat(), random.nextFloat()});
        }
        assertThat(IntrinsicDimension.twoNearest(points, POINTS)).isBetween(2.7, 3.3);
        // copies of a point are not its neighbours
        points.addAll(points.subList(0, 500));
        assertThat(IntrinsicDimension.twoNearest(points, points.size())).isBetween(2.6, 3.4);
        assertThat(IntrinsicDimension.twoNearest(List.of(new float[]{1}, new float[]{1}), 2)).isNaN();
    }

    @Test
    void theSameTextMakesTheSamePointsAndAnotherSeedOthers() throws Exception {
        String settings = "dimension=8,intrinsic=2,shape=smooth,seed=";
        assertThat(make(settings + 5).files()).isEqualTo(make(settings + 5).files());
        assertThat(make(settings + 5).files()).isNotEqualTo(make(settings + 6).files());
        assertThat(make(settings + 5).rows().get(0)).isNotEqualTo(make(settings + 5).queries().get(0));
        Synthetic parsed = Synthetic.parse("synthetic:intrinsic=3,shape=Clusters,space=cosine,noise=0.01");
        assertThat(parsed.space()).isEqualTo(Space.COSINE);
        assertThat(Synthetic.parse(parsed.name())).isEqualTo(parsed);
    }

    @Test
    void fewerRowsAreTheFirstOfAll() throws Exception {
        Synthetic settings = Synthetic.parse("synthetic:dimension=4,intrinsic=2,records=50,queries=3");
        VectorData some = settings.make(5);
        assertThat(some.rows()).hasSize(5);
        assertThat(some.records()).isEqualTo(50);
        assertThat(some.rows().get(4)).isEqualTo(settings.make(50).rows().get(4));
        assertThat(some.queries()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"synthetic:dimension=0", "synthetic:dimension=4,intrinsic=5",
            "synthetic:shape=torus", "synthetic:depth=3", "synthetic:records", "synthetic:noise=-1",
            "synthetic:records=1e9", "synthetic:space=jaccard", "synthetic:seed=x"})
    void whatCannotBeMadeIsRefusedByName(String text) {
        assertThatThrownBy(() -> Synthetic.parse(text)).isInstanceOf(DatasetException.class)
                .hasMessageContaining(text);
    }
}
