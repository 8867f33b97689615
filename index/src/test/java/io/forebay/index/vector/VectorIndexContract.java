package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.Space;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every engine behind {@link VectorIndex} must keep. */
interface VectorIndexContract {

    VectorIndex newIndex(VectorConfig config);

    private static float[][] padded(float[][] vectors) {
        return Arrays.stream(vectors).map(v -> Arrays.copyOf(v, DistanceKernels.paddedLength(v.length)))
                .toArray(float[][]::new);
    }

    @Test
    default void anEmptyIndexFindsNothing() {
        try (VectorIndex index = newIndex(new VectorConfig(4, Space.L2, 8, 50, 50))) {
            assertThat(index.search(new float[16], 5, 5)).isEmpty();
            assertThat(index.size()).isZero();
        }
    }

    @Test
    default void findsTheNearestInOrderAfterManyResizes() {
        Random random = TestVectors.random(getClass().getSimpleName());
        float[][] vectors = TestVectors.clustered(random, 2000, 12);
        float[][] padded = padded(vectors);
        try (VectorIndex index = newIndex(new VectorConfig(12, Space.L2, 16, 100, 50))) {
            double recall = 0;
            for (int ordinal = 0; ordinal < vectors.length; ordinal++) {
                index.add(ordinal, padded[ordinal]);
            }
            assertThat(index.size()).isEqualTo(2000);
            for (int i = 0; i < 100; i++) {
                int[] found = index.search(padded[i], 10, 100);
                assertThat(found).hasSize(10).doesNotHaveDuplicates();
                float[] query = vectors[i];
                double[] distances = Arrays.stream(found).mapToDouble(
                        o -> ScalarKernels.squaredL2(vectors[o], query, query.length)).toArray();
                assertThat(distances).isSorted();
                List<Integer> expected = TestVectors.nearest(Space.L2, vectors, vectors[i], 10, o -> true);
                recall += TestVectors.recall(expected, new Neighbors(found, new float[0]));
            }
            assertThat(recall / 100).isGreaterThan(0.95);
        }
    }

    @Test
    default void searchesNeverFailWhileSeveralThreadsAddAndTheIndexGrows() throws Exception {
        Random random = TestVectors.random(getClass().getSimpleName());
        int count = 4000;
        float[][] padded = padded(TestVectors.clustered(random, count, 8));
        try (VectorIndex index = newIndex(new VectorConfig(8, Space.L2, 8, 40, 50));
                ExecutorService pool = Executors.newFixedThreadPool(4)) {
            AtomicInteger next = new AtomicInteger();
            AtomicInteger added = new AtomicInteger();
            Callable<Integer> adder = () -> {
                for (int ordinal = next.getAndIncrement(); ordinal < count; ordinal = next
                        .getAndIncrement()) {
                    index.add(ordinal, padded[ordinal]);
                    added.incrementAndGet();
                }
                return 0;
            };
            Callable<Integer> reader = () -> {
                int searches = 0;
                while (added.get() < count) {
                    int atLeast = Math.min(5, added.get() / 2);
                    int[] found = index.search(padded[searches++ % count], 10, 50);
                    assertThat(found).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(atLeast);
                }
                return searches;
            };
            List<Future<Integer>> results = List.of(pool.submit(adder), pool.submit(adder),
                    pool.submit(reader),
                    pool.submit(reader));
            for (Future<Integer> result : results) {
                result.get();
            }
            assertThat(index.size()).isEqualTo(count);
            long findThemselves = IntStream.range(0, count)
                    .filter(o -> index.search(padded[o], 10, 100)[0] == o)
                    .count();
            assertThat(findThemselves).isGreaterThan((long) (0.99 * count));
        }
    }
}
