package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.Space;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

/** A graph that was stored is there at once after the next open, and is as good. */
class GraphStoreTest {

    private static final int DIMENSION = 12;
    private static final VectorConfig CONFIG = new VectorConfig(DIMENSION, Space.L2, 8, 60, 60);
    /** Graph from the first row; no rebuilds. */
    private static final SearchTuning EAGER = new SearchTuning(0.01, 2, 200);

    @TempDir
    Path directory;

    private final Random random = TestVectors.random("GraphStoreTest");

    private VectorSegment open(int committed, @Nullable RoaringBitmap live) {
        return VectorSegment.open(directory, CONFIG, committed, live, EAGER);
    }

    static NativeGraph graph(VectorSegment segment) {
        return ((NativeVectorIndex) segment.graph().index()).graph();
    }

    static void assertSound(VectorSegment segment) {
        assertThat(GraphCheck.problems(graph(segment), segment.view().codes())).isEmpty();
    }

    private static double recall(VectorSegment segment, float[][] vectors, Random random) {
        double sum = 0;
        for (int i = 0; i < 100; i++) {
            float[] query = vectors[random.nextInt(segment.count())];
            List<Integer> nearest = TestVectors.nearest(Space.L2, Arrays.copyOf(vectors, segment.count()),
                    query,
                    10, segment.view()::isLive);
            sum += TestVectors.recall(nearest, segment.view().search(query, 10, null, SearchOptions.DEFAULT));
        }
        return sum / 100;
    }

    @Test
    void everythingStoredIsLinkedAtOnce() {
        float[][] vectors = TestVectors.clustered(random, 5_000, DIMENSION);
        try (VectorSegment segment = open(0, null)) {
            TestVectors.append(segment, vectors);
            TestVectors.linkAll(segment);
            assertThat(segment.isGraphStoreDue()).isTrue();
            assertThat(segment.storeGraph()).isPositive();
            assertThat(segment.isGraphStoreDue()).isFalse();
            assertThat(segment.isGraphStoreDueAtClose()).isFalse();
        }
        try (VectorSegment segment = open(5_000, null)) {
            assertThat(segment.linked()).isEqualTo(5_000);
            assertThat(segment.hasLinkWork()).isFalse();
            assertThat(segment.graph().size()).isEqualTo(5_000);
            assertThat(segment.isGraphStoreDueAtClose()).isFalse();
            assertSound(segment);
            assertThat(recall(segment, vectors, random)).isGreaterThan(0.98);
            // It goes on from there.
            TestVectors.append(segment, TestVectors.clustered(random, 1_000, DIMENSION));
            TestVectors.linkAll(segment);
            assertThat(segment.linked()).isEqualTo(6_000);
            assertSound(segment);
            assertThat(segment.isGraphStoreDue()).isFalse();
            assertThat(segment.isGraphStoreDueAtClose()).isTrue();
        }
    }

    @Test
    void oneVectorIsEnough() {
        try (VectorSegment segment = open(0, null)) {
            TestVectors.append(segment, TestVectors.gaussian(random, 1, DIMENSION));
            TestVectors.linkAll(segment);
            assertThat(segment.storeGraph()).isPositive();
        }
        try (VectorSegment segment = open(1, null)) {
            assertThat(segment.linked()).isEqualTo(1);
            assertSound(segment);
            TestVectors.append(segment, TestVectors.gaussian(random, 50, DIMENSION));
            TestVectors.linkAll(segment);
            assertSound(segment);
        }
    }

    /** They are given out again, to other vectors, and the old links must never come back. */
    @Test
    void whatWasNotCommittedIsForgottenForGood() {
        float[][] vectors = TestVectors.clustered(random, 6_000, DIMENSION);
        try (VectorSegment segment = open(0, null)) {
            TestVectors.append(segment, vectors);
            TestVectors.linkAll(segment);
            segment.storeGraph();
        }
        try (VectorSegment segment = open(5_700, null)) {
            assertThat(segment.linked()).isEqualTo(5_700);
            assertSound(segment);
            assertThat(recall(segment, vectors, random)).isGreaterThan(0.95);
        }
        try (VectorSegment segment = open(6_000, null)) {
            assertThat(segment.linked()).isEqualTo(5_700);
            assertSound(segment);
            TestVectors.linkAll(segment);
            assertThat(segment.linked()).isEqualTo(6_000);
            assertSound(segment);
            assertThat(recall(segment, vectors, random)).isGreaterThan(0.95);
        }
    }

    @Test
    void deadAndSkippedAndDeletedOnesAreTakenCareOf() {
        float[][] vectors = TestVectors.clustered(random, 12_000, DIMENSION);
        RoaringBitmap live = new RoaringBitmap();
        live.add(0L, 12_000L);
        try (VectorSegment segment = open(0, null)) {
            TestVectors.append(segment, Arrays.copyOf(vectors, 6_000));
            TestVectors.linkAll(segment);
            TestVectors.append(segment, Arrays.copyOfRange(vectors, 6_000, 12_000));
            IntStream.concat(IntStream.range(0, 4_500), IntStream.range(7_000, 7_500)).forEach(ordinal -> {
                segment.kill(ordinal);
                live.remove(ordinal);
            });
            segment.publish();
            TestVectors.linkAll(segment);
            assertThat(segment.reclaim(segment.reclaimable())).isEqualTo(1);
            segment.storeGraph();
        }
        // Some kills did not reach the record segment: those that the graph has never seen are linked now.
        live.add(7_000L, 7_100L);
        try (VectorSegment segment = open(12_000, live)) {
            assertThat(segment.linked()).isEqualTo(12_000);
            assertSound(segment);
            for (int ordinal = 7_000; ordinal < 7_100; ordinal++) {
                assertThat(segment.view().search(vectors[ordinal], 1, null, SearchOptions.DEFAULT).ordinals())
                        .containsExactly(ordinal);
            }
            assertThat(segment.hasLinkWork()).isTrue();
            TestVectors.linkAll(segment);
            assertThat(segment.graph().size()).isEqualTo(12_000 - 400);
            assertSound(segment);
            // A third of the graph is of a deleted block and leads nowhere until the rebuild that is due.
            assertThat(recall(segment, vectors, random)).isGreaterThan(0.88);
        }
    }

    @Test
    void aGraphOfAnotherShapeIsBuiltAgain() {
        float[][] vectors = TestVectors.clustered(random, 1_000, DIMENSION);
        try (VectorSegment segment = open(0, null)) {
            TestVectors.append(segment, vectors);
            TestVectors.linkAll(segment);
            segment.storeGraph();
        }
        VectorConfig wider = new VectorConfig(DIMENSION, Space.L2, 12, 60, 60);
        try (VectorSegment segment = VectorSegment.open(directory, wider, 1_000, null, EAGER)) {
            assertThat(segment.linked()).isZero();
            assertThat(recall(segment, vectors, random)).isEqualTo(1);
            TestVectors.linkAll(segment);
            assertSound(segment);
        }
        assertThat(directory.resolve("graph")).doesNotExist();
    }

    /**
     * Every state in which the graph is stored while it is built by two threads loads into one without
     * problems.
     */
    @Test
    void storingBesideWritersGivesASoundGraph() throws Exception {
        float[][] vectors = TestVectors.clustered(random, 40_000, DIMENSION);
        AtomicBoolean done = new AtomicBoolean();
        int dumps = 0;
        int loads = 0;
        try (VectorSegment segment = open(0, null); ExecutorService pool = Executors.newFixedThreadPool(2)) {
            for (int from = 0; from < vectors.length; from += 1_000) {
                TestVectors.append(segment, Arrays.copyOfRange(vectors, from, from + 1_000));
            }
            List<Future<?>> linkers = IntStream.range(0, 2).<Future<?>>mapToObj(i -> pool.submit(() -> {
                while (!done.get() && segment.hasLinkWork()) {
                    segment.link(64);
                }
            })).toList();
            while (linkers.stream().anyMatch(linker -> !linker.isDone())) {
                int before = segment.linked();
                if (segment.storeGraph() > 0) {
                    dumps++;
                    loads += isLoaded(before, segment.linked()) ? 1 : 0;
                }
            }
            for (Future<?> linker : linkers) {
                linker.get();
            }
            System.out.println("GraphStoreTest stored " + dumps + " times while linking, taken up " + loads);
            assertThat(loads).isPositive();
            assertSound(segment);
        }
    }

    /** Sometimes with a committed count below what was stored. */
    private boolean isLoaded(int linkedBefore, int linkedAfter) throws IOException {
        Path copy = Files.createDirectory(directory.resolve("copy"));
        Files.copy(directory.resolve("graph"), copy.resolve("graph"));
        int committed = random.nextBoolean()
                ? 40_000
                : (int) (linkedBefore * (0.85 + 0.15 * random.nextDouble()));
        LinkedGraph loaded = new GraphStore(copy, CONFIG).open(committed, DeadSet.EMPTY);
        if (loaded != null) {
            assertThat(loaded.linked()).isBetween(Math.min(committed, linkedBefore),
                    Math.min(committed, linkedAfter));
            NativeGraph graph = ((NativeVectorIndex) loaded.index()).graph();
            assertThat(GraphCheck.problems(graph, committed)).isEmpty();
            assertThat(graph.size()).isGreaterThanOrEqualTo((int) (0.9 * loaded.linked()));
        }
        VectorSegment.delete(copy);
        return loaded != null;
    }
}
