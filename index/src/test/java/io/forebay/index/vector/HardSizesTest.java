package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.Space;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Few vectors, equal vectors, zero vectors, one dimension and thousands, rows of two links: each through the graph. */
class HardSizesTest {

    /** Everything through the graph. */
    private static final SearchTuning GRAPH = new SearchTuning(0.0, 0.2, 100);

    @TempDir
    Path directory;

    private final Random random = TestVectors.random("HardSizesTest");

    private VectorSegment linked(VectorConfig config, float[][] vectors) {
        VectorSegment segment = VectorSegment.open(directory.resolve("v" + random.nextLong()), config, 0,
                null,
                GRAPH);
        TestVectors.append(segment, vectors);
        TestVectors.linkAll(segment);
        assertThat(segment.linked()).isEqualTo(vectors.length);
        if (segment.graph().index() instanceof NativeVectorIndex index) {
            assertThat(GraphCheck.problems(index.graph(), segment.view().codes())).isEmpty();
        }
        return segment;
    }

    private static VectorConfig config(int dimension, Space space, IndexEngine engine) {
        return new VectorConfig(dimension, space, 16, 100, 100, engine);
    }

    private static List<Integer> search(VectorSegment segment, float[] query, int k) {
        return IntStream.of(segment.view().search(query, k, null, SearchOptions.DEFAULT).ordinals()).boxed()
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"1,2000", "2,2000", "3,2000", "17,2000", "100,2000", "1536,600", "8192,150"})
    void anyDimensionIsSearched(int dimension, int count) {
        for (Space space : Space.values()) {
            float[][] all = TestVectors.clustered(random, count + 40, dimension);
            float[][] vectors = java.util.Arrays.copyOf(all, count);
            try (VectorSegment segment = linked(config(dimension, space, IndexEngine.NATIVE), vectors)) {
                double recall = 0;
                for (int i = 0; i < 40; i++) {
                    float[] query = all[count + i];
                    double limit = TestVectors.distance(space, query,
                            vectors[TestVectors.nearest(space, vectors, query, 10, o -> true).getLast()]);
                    recall += search(segment, query, 10).stream()
                            .filter(o -> TestVectors.distance(space, query, vectors[o]) <= limit + 1e-6)
                            .count() / 10.0;
                }
                System.out.printf("HardSizesTest %d %s: recall@10 %.4f%n", dimension, space, recall / 40);
                // In the plane, the greatest inner products are those of the few vectors on the hull.
                assertThat(recall / 40)
                        .isGreaterThanOrEqualTo(space == Space.IP ? 0.75 : 0.95);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(IndexEngine.class)
    void oneRecordAndTwoAreFound(IndexEngine engine) {
        for (Space space : Space.values()) {
            for (int count = 1; count <= 3; count++) {
                float[][] vectors = TestVectors.gaussian(random, count, 5);
                try (VectorSegment segment = linked(config(5, space, engine), vectors)) {
                    for (int k = 1; k <= 4; k++) {
                        assertThat(search(segment, vectors[0], k)).isEqualTo(
                                TestVectors.nearest(space, vectors, vectors[0], k, i -> true));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(IndexEngine.class)
    void zeroVectorsAreStoredFoundAndSearchedFor(IndexEngine engine) {
        for (Space space : Space.values()) {
            float[][] vectors = TestVectors.gaussian(random, 300, 12);
            for (int i = 0; i < 300; i += 3) {
                vectors[i] = new float[12];
            }
            try (VectorSegment segment = linked(config(12, space, engine), vectors)) {
                VectorView view = segment.view();
                Neighbors ofZero = view.search(new float[12], 300, null, SearchOptions.DEFAULT);
                assertThat(ofZero.ordinals()).hasSize(300).doesNotHaveDuplicates();
                for (int i = 0; i < 300; i++) {
                    double expected = TestVectors.distance(space, new float[12],
                            vectors[ofZero.ordinals()[i]]);
                    assertThat((double) ofZero.distances()[i]).isCloseTo(expected,
                            org.assertj.core.data.Offset.offset(1e-4));
                }
                int themselves = 0;
                for (int i = 1; i < 300; i += 3) {
                    Neighbors found = view.search(vectors[i], 5, null, SearchOptions.DEFAULT);
                    assertThat(found.size()).isEqualTo(5);
                    themselves += found.ordinals()[0] == i ? 1 : 0;
                }
                // A hundred zero vectors lie between all others, and fill a search that keeps a hundred;
                // hnswlib's rows are full of links between them besides.
                if (space != Space.IP && engine == IndexEngine.NATIVE) {
                    assertThat(themselves).isGreaterThanOrEqualTo(90);
                }
            }
        }
    }

    /** Zero vectors are at the same distance from everything when the angle counts. */
    @ParameterizedTest
    @EnumSource(Space.class)
    void amongThousandsOfZeroVectorsTheOthersAreFound(Space space) {
        float[][] vectors = TestVectors.clustered(random, 4000, 24);
        for (int i = 0; i < 4000; i += 2) {
            vectors[i] = new float[24];
        }
        try (VectorSegment segment = linked(config(24, space, IndexEngine.NATIVE), vectors)) {
            // The mean is in the middle of all: whoever walks there keeps zero vectors only.
            assertThat(recall(segment, space, vectors)).isGreaterThanOrEqualTo(0.8);
        }
    }

    private static double recall(VectorSegment segment, Space space, float[][] vectors) {
        double recall = 0;
        for (int i = 1; i < 200; i += 2) {
            List<Integer> expected = TestVectors.nearest(space, vectors, vectors[i], 10, o -> true);
            double limit = TestVectors.distance(space, vectors[i], vectors[expected.getLast()]) + 1e-6;
            float[] query = vectors[i];
            recall += search(segment, query, 10).stream()
                    .filter(o -> TestVectors.distance(space, query, vectors[o]) <= limit).count() / 10.0;
        }
        return recall / 100;
    }

    @ParameterizedTest
    @EnumSource(Space.class)
    void thousandsOfEqualVectorsAreAllFoundAndHideNobody(Space space) {
        float[][] others = TestVectors.clustered(random, 3000, 24);
        float[][] vectors = new float[6000][];
        for (int i = 0; i < 6000; i++) {
            vectors[i] = i % 2 == 1 ? others[i / 2] : others[0];
        }
        try (VectorSegment segment = linked(config(24, space, IndexEngine.NATIVE), vectors)) {
            long equal = search(segment, others[0], space == Space.IP ? 6000 : 3001).stream()
                    .filter(o -> vectors[o] == others[0]).count();
            assertThat(equal).isEqualTo(3001);
            // They lie in the middle of all others: a walk that comes there keeps hardly anything else.
            assertThat(recall(segment, space, vectors)).isGreaterThanOrEqualTo(0.75);
        }
    }

    /** Code distances that were computed, not time: that does not depend on who else uses the machine. */
    @Test
    void linkingEqualVectorsCostsNoMoreThanLinkingOthers() {
        long usual = work(TestVectors.clustered(random, 4000, 24));
        float[][] equal = new float[4000][];
        java.util.Arrays.fill(equal, TestVectors.gaussian(random, 1, 24)[0]);
        assertThat(work(equal)).isLessThan(2 * usual);
    }

    private long work(float[][] vectors) {
        GraphScratch scratch = GraphScratch.ofThread();
        scratch.scored = 0;
        linked(config(24, Space.L2, IndexEngine.NATIVE), vectors).close();
        return scratch.scored;
    }

    @ParameterizedTest
    @EnumSource(Space.class)
    void withTwoLinksARecordEveryNodeIsStillReached(Space space) {
        float[][] vectors = TestVectors.clustered(random, 3000, 16);
        for (int i = 0; i < 3000; i += 5) {
            vectors[i] = vectors[0];
        }
        VectorConfig smallest = new VectorConfig(16, space, 2, 1, 1);
        try (VectorSegment segment = linked(smallest, vectors)) {
            assertThat(search(segment, vectors[7], 2999)).hasSize(2999);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1,100,100", "2049,100,100", "16,0,100", "16,100001,100", "16,100,0", "16,100,100001"})
    void aGraphThatCannotBeIsRefused(String numbers) {
        int[] n = java.util.Arrays.stream(numbers.split(",")).mapToInt(Integer::parseInt).toArray();
        assertThatThrownBy(() -> new VectorConfig(8, Space.L2, n[0], n[1], n[2]))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("is not in the range");
    }
}
