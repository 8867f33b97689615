package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forebay.model.Space;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Vectors that are not as embeddings are: of all magnitudes, far from the origin, with outliers, equal, of integers, in an
 * order of their own. The native engine walks on codes of 7 bits, and must find as much as with well-behaved ones.
 */
class HardVectorsTest {

    /** Everything through the graph. */
    private static final SearchTuning GRAPH = new SearchTuning(0.0, 0.2, 100);
    private static final int COUNT = 3_000;
    private static final int DIMENSION = 48;
    private static final int QUERIES = 60;
    private static final int K = 10;

    @TempDir
    Path directory;

    private final Random random = TestVectors.random("HardVectorsTest", 1);

    /** Of the first {@code COUNT} vectors; the rest are the queries. */
    private double recall(Space space, float[][] vectors) {
        int count = vectors.length - QUERIES;
        float[][] stored = Arrays.copyOf(vectors, count);
        VectorConfig config = new VectorConfig(vectors[0].length, space, 16, 100, 100);
        try (VectorSegment segment = VectorSegment.open(directory.resolve("v" + random.nextLong()), config, 0,
                null,
                GRAPH)) {
            VectorView view = TestVectors.append(segment, stored);
            TestVectors.linkAll(segment);
            double sum = 0;
            for (int query = count; query < vectors.length; query++) {
                Neighbors found = view.search(vectors[query], K, null, SearchOptions.DEFAULT);
                assertThat(found.size()).isEqualTo(K);
                assertThat(found.ordinals()).doesNotHaveDuplicates();
                sum += share(space, stored, vectors[query], found);
            }
            System.out.printf("HardVectorsTest %s: recall@10 %.4f%n", space, sum / QUERIES);
            return sum / QUERIES;
        }
    }

    /** Of the found, how many are no farther than the tenth nearest: among equals any will do. */
    private static double share(Space space, float[][] stored, float[] query, Neighbors found) {
        double[] distances = IntStream.range(0, stored.length)
                .mapToDouble(i -> TestVectors.distance(space, query, stored[i])).toArray();
        double[] sorted = distances.clone();
        Arrays.sort(sorted);
        double limit = sorted[K - 1] + 1e-6 * Math.abs(sorted[K - 1]) + (space == Space.COSINE ? 1e-12 : 0);
        return IntStream.of(found.ordinals()).filter(i -> distances[i] <= limit).count() / (double) K;
    }

    private float[][] usual() {
        return TestVectors.clustered(random, COUNT + QUERIES, DIMENSION);
    }

    private static void scale(float[] vector, double factor) {
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) (vector[i] * factor);
        }
    }

    @ParameterizedTest
    @CsvSource({"L2,1e-10", "L2,1e10", "L2,1e17", "IP,1e-10", "IP,1e10", "IP,1e17",
            "COSINE,1e-30", "COSINE,1e-10", "COSINE,1e10", "COSINE,1e18", "COSINE,1e30"})
    void vectorsOfAnyMagnitudeAreFound(Space space, double magnitude) {
        float[][] vectors = usual();
        for (float[] vector : vectors) {
            scale(vector, magnitude);
        }
        assertThat(recall(space, vectors)).isGreaterThanOrEqualTo(0.95);
    }

    /** Their distances do not fit a float: which are nearest cannot be said, but there is an answer. */
    @ParameterizedTest
    @CsvSource({"L2,1e-30", "L2,1e30", "IP,1e-30", "IP,1e30"})
    void vectorsWhoseDistancesAreZeroOrInfiniteDoNoHarm(Space space, double magnitude) {
        float[][] vectors = usual();
        for (float[] vector : vectors) {
            scale(vector, magnitude);
        }
        recall(space, vectors);
    }

    /** Nothing that is computed from it fits a float, but its direction. */
    @ParameterizedTest
    @EnumSource(Space.class)
    void oneOfTheGreatestVectorsThereAreIsFoundAmongUsualOnes(Space space) {
        float[][] vectors = usual();
        for (float[] vector : vectors) {
            scale(vector, 0.01);
        }
        float[] greatest = vectors[700];
        for (int i = 0; i < DIMENSION; i++) {
            greatest[i] = random.nextBoolean() ? 3e38f : -3e38f;
        }
        VectorConfig config = new VectorConfig(DIMENSION, space, 16, 100, 100, IndexEngine.NATIVE);
        try (VectorSegment segment = VectorSegment.open(directory.resolve(space.name()), config, 0, null,
                new SearchTuning(0, 0.2, 100))) {
            TestVectors.append(segment, vectors);
            TestVectors.linkAll(segment);
            float[] query = greatest.clone();
            scale(query, space == Space.L2 ? 1 : 1e-38);
            assertThat(segment.view().search(query, 1, null, SearchOptions.DEFAULT).ordinals())
                    .containsExactly(700);
        }
    }

    @ParameterizedTest
    @EnumSource(Space.class)
    void vectorsOfAllMagnitudesTogetherAreFound(Space space) {
        float[][] vectors = usual();
        for (float[] vector : vectors) {
            scale(vector, Math.pow(10, 6 * random.nextDouble() - 3));
        }
        // Among them are queries whose distances from all shorter vectors hardly differ.
        assertThat(recall(space, vectors)).isGreaterThanOrEqualTo(0.85);
    }

    @Test
    void theGreatestInnerProductIsFoundAmongWidelyDifferentNorms() {
        float[][] vectors = usual();
        for (float[] vector : vectors) {
            scale(vector, Math.exp(1.5 * random.nextGaussian()));
        }
        assertThat(recall(Space.IP, vectors)).isGreaterThanOrEqualTo(0.95);
    }

    @ParameterizedTest
    @CsvSource({"L2,1000,0", "IP,1000,0", "COSINE,30,0", "L2,1000,100", "COSINE,30,100"})
    void vectorsFarFromTheOriginAreFound(Space space, float offset, int zeros) {
        float[][] vectors = usual();
        for (float[] vector : vectors) {
            for (int i = 0; i < DIMENSION; i++) {
                vector[i] += offset;
            }
        }
        for (int i = 0; i < zeros; i++) {
            vectors[random.nextInt(COUNT)] = new float[DIMENSION];
        }
        // With inner products the answer is the same few to every query, and everybody's neighbours are they.
        assertThat(recall(space, vectors)).isGreaterThanOrEqualTo(space == Space.IP ? 0.75 : 0.95);
    }

    @ParameterizedTest
    @EnumSource(Space.class)
    void aFewHugeDimensionsDoNotHideTheOthers(Space space) {
        float[][] vectors = usual();
        for (float[] vector : vectors) {
            for (int i = 0; i < 3; i++) {
                vector[7 * i] = vector[7 * i] * 100;
            }
        }
        assertThat(recall(space, vectors)).isGreaterThanOrEqualTo(0.95);
    }

    /** The three say hardly anything about which is near: they are the same large number nearly everywhere. */
    @ParameterizedTest
    @EnumSource(Space.class)
    void aFewHugeDimensionsThatHardlyDifferDoNotHideTheOthers(Space space) {
        float[][] vectors = usual();
        for (float[] vector : vectors) {
            for (int i = 0; i < 3; i++) {
                vector[7 * i] = 50 + 0.1f * vector[7 * i];
            }
        }
        assertThat(recall(space, vectors)).isGreaterThanOrEqualTo(0.95);
    }

    @ParameterizedTest
    @EnumSource(Space.class)
    void constantVectorsAreFound(Space space) {
        float[][] vectors = new float[COUNT + QUERIES][DIMENSION];
        for (float[] vector : vectors) {
            Arrays.fill(vector, (float) random.nextGaussian());
        }
        assertThat(recall(space, vectors)).isGreaterThanOrEqualTo(0.95);
    }

    @ParameterizedTest
    @EnumSource(Space.class)
    void vectorsOfSmallIntegersAreFound(Space space) {
        float[][] vectors = new float[COUNT + QUERIES][DIMENSION];
        for (float[] vector : vectors) {
            for (int i = 0; i < 12; i++) {
                vector[random.nextInt(DIMENSION)] = random.nextInt(4);
            }
        }
        assertThat(recall(space, vectors)).isGreaterThanOrEqualTo(0.95);
    }

    @ParameterizedTest
    @EnumSource(Space.class)
    void sortedVectorsAreFound(Space space) {
        float[][] vectors = usual();
        Arrays.sort(vectors, 0, COUNT, Comparator.comparingDouble(v -> v[0]));
        assertThat(recall(space, vectors)).isGreaterThanOrEqualTo(0.95);
        Arrays.sort(vectors, 0, COUNT, Comparator.comparingDouble(v -> -ScalarKernels.dot(v, v, DIMENSION)));
        assertThat(recall(space, vectors)).isGreaterThanOrEqualTo(0.95);
    }

    @ParameterizedTest
    @EnumSource(Space.class)
    void clustersThatComeOneAfterTheOtherAreFound(Space space) {
        float[][] vectors = inClusters(0.7);
        double inOrder = recall(space, vectors);
        Collections.shuffle(Arrays.asList(vectors).subList(0, COUNT), random);
        assertThat(inOrder).isGreaterThan(0.88).isGreaterThan(recall(space, vectors) - 0.08);
    }

    /** Clusters so far apart are hard for any such graph: no worse than in random order. */
    @ParameterizedTest
    @EnumSource(Space.class)
    void distantClustersOneAfterTheOtherAreFoundAsInRandomOrder(Space space) {
        float[][] vectors = inClusters(0.1);
        double inOrder = recall(space, vectors);
        Collections.shuffle(Arrays.asList(vectors).subList(0, COUNT), random);
        assertThat(inOrder).isGreaterThan(0.7).isGreaterThan(recall(space, vectors) - 0.2);
    }

    private float[][] inClusters(double width) {
        float[][] vectors = new float[COUNT + QUERIES][DIMENSION];
        float[][] centres = TestVectors.gaussian(random, 30, DIMENSION);
        for (int i = 0; i < vectors.length; i++) {
            int cluster = i < COUNT ? i / 100 : random.nextInt(30);
            for (int j = 0; j < DIMENSION; j++) {
                vectors[i][j] = (float) (3 * centres[cluster][j] + width * random.nextGaussian());
            }
        }
        return vectors;
    }

    @ParameterizedTest
    @EnumSource(Space.class)
    void realVectorsInSortedOrderAreFoundAsInRandomOrder(Space space) throws IOException {
        Path data = TestVectors.dataFolder();
        assumeTrue(data != null, "no real data");
        float[][] vectors = TestVectors.halfMatrix(data.resolve("peps-40509-minilm384.f16.npy"), 4_060);
        Collections.shuffle(Arrays.asList(vectors), random);
        double inRandomOrder = recall(space, vectors);
        Arrays.sort(vectors, 0, vectors.length - QUERIES, Comparator.comparingDouble(v -> v[0]));
        assertThat(recall(space, vectors)).isGreaterThanOrEqualTo(Math.max(0.95, inRandomOrder - 0.02));
    }
}
