package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forebay.model.Space;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.roaringbitmap.RoaringBitmap;

/**
 * Recall at 10 of the graph against exact search, on real embeddings and on clusters that are always there.
 */
class RecallTest {

    private static final SearchTuning EAGER = new SearchTuning(0.01, 0.2, 100);

    @TempDir
    Path directory;

    private final Random random = TestVectors.random("RecallTest");

    @Test
    void realEmbeddingsAreFoundThroughTheGraph() throws IOException {
        Path data = TestVectors.dataFolder();
        if (data == null) {
            System.out.println("RecallTest skipped: no folder of real data (name it with -Dforebay.data)");
        }
        assumeTrue(data != null, "no folder of real data");
        float[][] vectors = TestVectors.halfMatrix(data.resolve("peps-40509-minilm384.f16.npy"), 4000);
        float[][] queries = TestVectors.halfMatrix(data.resolve("peps-queries-1000-minilm384.f16.npy"), 100);
        checkRecall(Space.COSINE, vectors, queries);
    }

    @ParameterizedTest
    @EnumSource(Space.class)
    void clustersAreFoundThroughTheGraph(Space space) {
        float[][] all = TestVectors.clustered(random, 3100, 24);
        checkRecall(space, Arrays.copyOf(all, 3000), Arrays.copyOfRange(all, 3000, 3100));
    }

    private void checkRecall(Space space, float[][] vectors, float[][] queries) {
        VectorConfig config = new VectorConfig(vectors[0].length, space, 16, 100, 100);
        try (VectorSegment segment = VectorSegment.open(directory, config, 0, null, EAGER)) {
            VectorView view = TestVectors.append(segment, vectors);
            TestVectors.linkAll(segment);
            assertThat(segment.linked()).isEqualTo(vectors.length);
            RoaringBitmap half = new RoaringBitmap();
            IntStream.range(0, vectors.length).filter(i -> random.nextBoolean()).forEach(half::add);
            double recall = 0;
            double filtered = 0;
            for (float[] query : queries) {
                List<Integer> expected = TestVectors.nearest(space, vectors, query, 10, i -> true);
                recall += TestVectors.recall(expected, view.search(query, 10, null, SearchOptions.DEFAULT));
                List<Integer> allowed = TestVectors.nearest(space, vectors, query, 10, half::contains);
                filtered += TestVectors.recall(allowed, view.search(query, 10, half, SearchOptions.DEFAULT));
            }
            System.out.printf("RecallTest %s %d x %d: recall@10 %.4f, half allowed %.4f%n", space,
                    vectors.length,
                    vectors[0].length, recall / queries.length, filtered / queries.length);
            assertThat(recall / queries.length).isGreaterThanOrEqualTo(0.95);
            assertThat(filtered / queries.length).isGreaterThanOrEqualTo(0.95);
        }
    }

    @Test
    void theTailIsScannedExactly() {
        float[][] vectors = TestVectors.clustered(random, 2000, 24);
        VectorConfig config = new VectorConfig(24, Space.L2, 16, 100, 100);
        try (VectorSegment segment = VectorSegment.open(directory, config, 0, null, EAGER)) {
            VectorView view = TestVectors.append(segment, vectors);
            segment.link(1000);
            for (int ordinal = 1000; ordinal < 2000; ordinal++) {
                float[] query = vectors[ordinal];
                int[] found = view.search(query, 20, null, SearchOptions.DEFAULT).ordinals();
                assertThat(found[0]).isEqualTo(ordinal);
                if (ordinal % 50 == 0) {
                    List<Integer> expected = TestVectors.nearest(Space.L2, vectors, query, 20, i -> true);
                    assertThat(IntStream.of(found).boxed())
                            .containsAll(expected.stream().filter(i -> i >= 1000)
                                    .toList());
                }
            }
        }
    }
}
