package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.Space;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every engine behind {@link VectorIndex} must keep. */
interface VectorIndexContract {

    SearchTuning EAGER = new SearchTuning(0.0, 0.2, 100);

    IndexEngine engine();

    private VectorConfig config(int dimension, int neighbors, int efConstruction) {
        return new VectorConfig(dimension, Space.L2, neighbors, efConstruction, 50, engine());
    }

    private VectorIndex newIndex(VectorConfig config) {
        return engine() == IndexEngine.NATIVE
                ? new NativeVectorIndex(config)
                : new HnswlibVectorIndex(config);
    }

    private static int[] search(VectorIndex index, VectorView view, float[] query, int k, int ef) {
        PreparedQuery prepared = PreparedQuery.of(query, view.config());
        ExactScan scan = new ExactScan(prepared, view.rows(), view.hidden(), k);
        Candidates all = new Candidates(view, view.count(), null, null);
        return index.search(prepared, view, k, ef, all, scan) ? scan.finish().ordinals() : new int[0];
    }

    @Test
    default void anEmptyIndexFindsNothing(@TempDir Path directory) {
        VectorConfig config = config(4, 8, 50);
        try (VectorSegment segment = VectorSegment.open(directory, config, 0, null, EAGER);
                VectorIndex index = newIndex(config)) {
            VectorView view = TestVectors.append(segment, new float[4]);
            assertThat(search(index, view, new float[4], 5, 5)).isEmpty();
            assertThat(index.size()).isZero();
        }
    }

    @Test
    default void findsTheNearestInOrder(@TempDir Path directory) {
        Random random = TestVectors.random(getClass().getSimpleName());
        float[][] vectors = TestVectors.clustered(random, 2000, 12);
        VectorConfig config = config(12, 16, 100);
        try (VectorSegment segment = VectorSegment.open(directory, config, 0, null, EAGER);
                VectorIndex index = newIndex(config)) {
            VectorView view = TestVectors.append(segment, vectors);
            for (int ordinal = 0; ordinal < vectors.length; ordinal++) {
                index.add(view, ordinal);
            }
            assertThat(index.size()).isEqualTo(2000);
            double recall = 0;
            for (int i = 0; i < 100; i++) {
                int[] found = search(index, view, vectors[i], 10, 100);
                assertThat(found).hasSize(10).doesNotHaveDuplicates();
                List<Integer> expected = TestVectors.nearest(Space.L2, vectors, vectors[i], 10, o -> true);
                recall += TestVectors.recall(expected, new Neighbors(found, new float[0]));
            }
            assertThat(recall / 100).isGreaterThan(0.95);
        }
    }

    @Test
    default void searchesNeverFailWhileSeveralThreadsAddAndTheIndexGrows(@TempDir Path directory)
            throws Exception {
        Random random = TestVectors.random(getClass().getSimpleName());
        int count = 4000;
        float[][] vectors = TestVectors.clustered(random, count, 8);
        VectorConfig config = config(8, 8, 40);
        try (VectorSegment segment = VectorSegment.open(directory, config, 0, null, EAGER);
                VectorIndex index = newIndex(config);
                ExecutorService pool = Executors.newFixedThreadPool(4)) {
            VectorView view = TestVectors.append(segment, vectors);
            AtomicInteger next = new AtomicInteger();
            AtomicInteger added = new AtomicInteger();
            Callable<Integer> adder = () -> {
                for (int ordinal = next.getAndIncrement(); ordinal < count; ordinal = next
                        .getAndIncrement()) {
                    index.add(view, ordinal);
                    added.incrementAndGet();
                }
                return 0;
            };
            Callable<Integer> reader = () -> {
                int searches = 0;
                while (added.get() < count) {
                    int sure = added.get();
                    int[] found = search(index, view, vectors[searches++ % count], 10, 50);
                    assertThat(found).doesNotHaveDuplicates();
                    if (sure > 200) {
                        assertThat(found).hasSizeGreaterThanOrEqualTo(5);
                    }
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
                    .filter(o -> search(index, view, vectors[o], 10, 100)[0] == o)
                    .count();
            assertThat(findThemselves).isGreaterThan((long) (0.99 * count));
        }
    }
}
