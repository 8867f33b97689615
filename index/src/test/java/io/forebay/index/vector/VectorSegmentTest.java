package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.Space;
import java.nio.file.Path;
import java.util.List;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.roaringbitmap.RoaringBitmap;

class VectorSegmentTest {

    /** Makes the graph answer although the collections of these tests are small. */
    private static final SearchTuning EAGER = new SearchTuning(0.01, 0.2, 100);

    @TempDir
    Path directory;

    private final Random random = TestVectors.random("VectorSegmentTest");

    private VectorSegment open(Space space, int dimension, SearchTuning tuning) {
        return VectorSegment.open(directory, new VectorConfig(dimension, space, 16, 100, 100), 0, null,
                tuning);
    }

    private static void checkExact(Space space, float[][] vectors, float[] query, int k, VectorView view,
            Neighbors found) {
        List<Integer> expected = TestVectors.nearest(space, vectors, query, k, view::isLive);
        assertThat(found.ordinals()).hasSize(expected.size());
        for (int i = 0; i < found.size(); i++) {
            double exact = TestVectors.distance(space, query, vectors[found.ordinals()[i]]);
            double tolerance = 1e-5 * (1 + Math.abs(exact));
            assertThat((double) found.distances()[i]).isCloseTo(exact,
                    org.assertj.core.data.Offset.offset(tolerance));
            // Equal up to rounding: then either order is right.
            assertThat(exact).isCloseTo(TestVectors.distance(space, query, vectors[expected.get(i)]),
                    org.assertj.core.data.Offset.offset(tolerance));
        }
    }

    @ParameterizedTest
    @EnumSource(Space.class)
    void exactScanGivesChromasDistancesForEveryDimension(Space space) {
        for (int dimension : new int[]{1, 2, 3, 15, 16, 17, 33, 64, 100}) {
            Path place = directory.resolve("d" + dimension);
            VectorConfig config = new VectorConfig(dimension, space, 16, 100, 100);
            float[][] vectors = TestVectors.gaussian(random, 203, dimension);
            vectors[5] = new float[dimension];
            try (VectorSegment segment = VectorSegment.open(place, config, 0, null)) {
                VectorView view = TestVectors.append(segment, vectors);
                for (float[] query : List.of(vectors[9], TestVectors.gaussian(random, 1, dimension)[0],
                        new float[dimension])) {
                    for (int k : new int[]{1, 10, 203, 500}) {
                        checkExact(space, vectors, query, k, view, view.search(query, k, null,
                                SearchOptions.DEFAULT));
                    }
                }
            }
        }
    }

    @Test
    void zeroVectorsAreAtCosineDistanceOne() {
        try (VectorSegment segment = open(Space.COSINE, 3, EAGER)) {
            TestVectors.append(segment, new float[]{1, 0, 0}, new float[3], new float[]{-1, 0, 0});
            for (int round = 0; round < 2; round++) {
                Neighbors found = segment.view().search(new float[]{2, 0, 0}, 3, null, SearchOptions.DEFAULT);
                assertThat(found.ordinals()).containsExactly(0, 1, 2);
                assertThat(found.distances()).containsExactly(0f, 1f, 2f);
                Neighbors ofZero = segment.view().search(new float[3], 3, null, SearchOptions.DEFAULT);
                assertThat(ofZero.ordinals()).containsExactly(0, 1, 2);
                assertThat(ofZero.distances()).containsExactly(1f, 1f, 1f);
                TestVectors.linkAll(segment);
            }
        }
    }

    @Test
    void magnitudesThatOverflowSinglePrecisionStillSortRight() {
        try (VectorSegment segment = open(Space.COSINE, 2, EAGER)) {
            TestVectors.append(segment, new float[]{3e38f, 3e38f}, new float[]{1e-44f, 0},
                    new float[]{0, 1e-30f},
                    new float[]{1e20f, -1e20f});
            Neighbors found = segment.view().search(new float[]{2e38f, 0}, 4, null, SearchOptions.DEFAULT);
            assertThat(found.ordinals()).containsExactly(1, 0, 3, 2);
            assertThat(found.distances()).containsExactly(new float[]{0, 0.29289323f, 0.29289323f, 1},
                    org.assertj.core.data.Offset.offset(1e-6f));
        }
        try (VectorSegment segment = VectorSegment.open(directory.resolve("ip"),
                new VectorConfig(2, Space.IP, 16, 100,
                        100),
                0, null)) {
            TestVectors.append(segment, new float[]{3e38f, -3e38f}, new float[]{1, 0});
            Neighbors found = segment.view().search(new float[]{3e38f, 3e38f}, 2, null,
                    SearchOptions.DEFAULT);
            assertThat(found.ordinals()).containsExactly(1, 0);
            assertThat(found.distances()).containsExactly(-3e38f, 1f);
        }
    }

    @Test
    void nothingIsSeenBeforePublishAndNothingAfterRollback() {
        float[][] vectors = TestVectors.gaussian(random, 30, 8);
        try (VectorSegment segment = open(Space.L2, 8, EAGER)) {
            TestVectors.append(segment, java.util.Arrays.copyOf(vectors, 10));
            int first = segment.append(TestVectors.bytes(vectors[10], vectors[11]), new int[]{1, 2}, 2);
            segment.kill(3);
            segment.kill(11);
            assertThat(first).isEqualTo(10);
            assertThat(segment.count()).isEqualTo(10);
            assertThat(segment.view().isLive(3)).isTrue();
            segment.rollback();
            assertThat(segment.publish().liveCount()).isEqualTo(10);
            assertThat(segment.append(TestVectors.bytes(vectors[20], vectors[21]), new int[]{7, 8}, 2))
                    .isEqualTo(10);
            segment.kill(11);
            segment.kill(11);
            segment.kill(0);
            VectorView view = segment.publish();
            assertThat(view.count()).isEqualTo(12);
            assertThat(view.liveCount()).isEqualTo(10);
            assertThat(view.row(10)).isEqualTo(7);
            assertThat(view.search(vectors[20], 1, null, SearchOptions.DEFAULT).ordinals())
                    .containsExactly(10);
            assertThat(view.search(vectors[21], 12, null, SearchOptions.DEFAULT).ordinals()).hasSize(10)
                    .doesNotContain(0, 11);
            assertThatThrownBy(() -> segment.kill(12)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aViewIsNotChangedByLaterAppendsKillsLinksAndRebuilds() {
        float[][] vectors = TestVectors.clustered(random, 3000, 16);
        try (VectorSegment segment = open(Space.L2, 16, EAGER)) {
            VectorView view = TestVectors.append(segment, java.util.Arrays.copyOf(vectors, 1000));
            Neighbors[] before = new Neighbors[50];
            for (int i = 0; i < before.length; i++) {
                before[i] = view.search(vectors[i], 10, null, new SearchOptions(300, false));
            }
            for (int ordinal = 0; ordinal < 900; ordinal += 2) {
                segment.kill(ordinal);
            }
            TestVectors.append(segment, java.util.Arrays.copyOfRange(vectors, 1000, 3000));
            TestVectors.linkAll(segment);
            for (int ordinal = 1; ordinal < 2000; ordinal += 2) {
                segment.kill(ordinal);
            }
            segment.publish();
            TestVectors.linkAll(segment);
            assertThat(segment.graph().size()).isLessThan(1700);
            for (int i = 0; i < before.length; i++) {
                Neighbors after = view.search(vectors[i], 10, null, new SearchOptions(300, false));
                assertThat(after.ordinals()).isEqualTo(before[i].ordinals());
                assertThat(after.distances()).isEqualTo(before[i].distances());
            }
            assertThat(view.liveCount()).isEqualTo(1000);
        }
    }

    @Test
    void skipTailSeesOnlyWhatIsLinked() {
        float[][] vectors = TestVectors.clustered(random, 1000, 16);
        try (VectorSegment segment = open(Space.L2, 16, EAGER)) {
            TestVectors.append(segment, Arrays.copyOf(vectors, 300));
            assertThat(segment.view().search(vectors[0], 5, null, new SearchOptions(0, true)).size())
                    .isZero();
            TestVectors.linkAll(segment);
            VectorView view = TestVectors.append(segment, Arrays.copyOfRange(vectors, 300, 1000));
            assertThat(segment.linked()).isEqualTo(300);
            // A window of ordinals counts as linked when all of it is.
            assertThat(segment.link(50)).isEqualTo(50);
            assertThat(segment.linked()).isEqualTo(300);
            assertThat(view.search(vectors[0], 1000, null, new SearchOptions(0, true)).size()).isEqualTo(300);
            assertThat(view.search(vectors[700], 1, null, new SearchOptions(0, true)).ordinals()[0])
                    .isLessThan(300);
            assertThat(view.search(vectors[700], 1, null, SearchOptions.DEFAULT).ordinals())
                    .containsExactly(700);
        }
    }

    @Test
    void duplicatesAreAllFoundAndComeInOrderOfTheirOrdinals() {
        float[][] vectors = new float[2000][];
        Arrays.fill(vectors, TestVectors.gaussian(random, 1, 16)[0]);
        try (VectorSegment segment = open(Space.COSINE, 16, EAGER)) {
            TestVectors.append(segment, vectors);
            segment.link(1200);
            int[] found = segment.view().search(vectors[0], 2000, null, SearchOptions.DEFAULT).ordinals();
            assertThat(found).isEqualTo(IntStream.range(0, 2000).toArray());
            TestVectors.linkAll(segment);
            assertThat(segment.view().search(vectors[0], 100, null, SearchOptions.DEFAULT).size())
                    .isEqualTo(100);
        }
    }

    @Test
    void filtersReturnAllThatIsAllowedAndLiveWhateverTheWay() {
        int count = 4000;
        float[][] vectors = TestVectors.clustered(random, count, 16);
        for (SearchTuning tuning : List.of(EAGER, SearchTuning.forDimension(16))) {
            try (VectorSegment segment = VectorSegment.open(directory.resolve("f" + tuning.rebuildNodesMin()),
                    new VectorConfig(16, Space.L2, 16, 100, 100), 0, null, tuning)) {
                TestVectors.append(segment, vectors);
                TestVectors.linkAll(segment);
                for (int ordinal = 0; ordinal < 300; ordinal++) {
                    segment.kill(random.nextInt(count));
                }
                VectorView view = segment.publish();
                double recall = 0;
                int queries = 0;
                for (double share : new double[]{0.5, 0.1, 0.01, 0.001, 0}) {
                    for (int round = 0; round < 20; round++) {
                        RoaringBitmap allowed = new RoaringBitmap();
                        allowed.add(random.nextInt(count));
                        IntStream.range(0, count + 50).filter(i -> random.nextDouble() < share)
                                .forEach(allowed::add);
                        RoaringBitmap untouched = allowed.clone();
                        float[] query = vectors[random.nextInt(count)];
                        Neighbors found = view.search(query, 10, allowed, SearchOptions.DEFAULT);
                        List<Integer> expected = TestVectors.nearest(Space.L2, vectors, query, 10,
                                i -> allowed.contains(i) && view.isLive(i));
                        assertThat(found.ordinals()).hasSize(expected.size()).doesNotHaveDuplicates();
                        assertThat(IntStream.of(found.ordinals())
                                .allMatch(i -> allowed.contains(i) && view.isLive(i)))
                                .isTrue();
                        assertThat(allowed).isEqualTo(untouched);
                        recall += TestVectors.recall(expected, found);
                        queries++;
                    }
                }
                assertThat(recall / queries).isGreaterThan(0.95);
            }
        }
    }

    @Test
    void aFilterFarFromTheQueryStillGivesAllItAllows() {
        float[][] vectors = TestVectors.gaussian(random, 4000, 16);
        for (int i = 3000; i < 4000; i++) {
            vectors[i][0] += 1000;
        }
        RoaringBitmap far = RoaringBitmap.bitmapOfRange(3000, 4000);
        try (VectorSegment segment = open(Space.L2, 16, EAGER)) {
            VectorView view = TestVectors.append(segment, vectors);
            TestVectors.linkAll(segment);
            double recall = 0;
            for (int i = 0; i < 20; i++) {
                Neighbors found = view.search(vectors[i], 10, far, SearchOptions.DEFAULT);
                List<Integer> expected = TestVectors.nearest(Space.L2, vectors, vectors[i], 10,
                        far::contains);
                assertThat(found.ordinals()).hasSize(10);
                recall += TestVectors.recall(expected, found);
            }
            assertThat(recall / 20).isGreaterThan(0.8);
        }
    }

    @Test
    void theGraphIsRebuiltWhenTooManyAreDeadAndForgetsThem() {
        float[][] vectors = TestVectors.clustered(random, 2000, 16);
        try (VectorSegment segment = open(Space.L2, 16, EAGER)) {
            TestVectors.append(segment, vectors);
            TestVectors.linkAll(segment);
            assertThat(segment.graph().size()).isEqualTo(2000);
            assertThat(segment.hasLinkWork()).isFalse();
            for (int ordinal = 0; ordinal < 1500; ordinal++) {
                segment.kill(ordinal);
            }
            VectorView view = segment.publish();
            assertThat(segment.hasLinkWork()).isTrue();
            assertThat(segment.link(10)).isEqualTo(10);
            assertThat(segment.isRebuilding()).isTrue();
            assertThat(segment.linked()).isEqualTo(2000);
            TestVectors.linkAll(segment);
            assertThat(segment.graph().size()).isEqualTo(500);
            assertThat(segment.linked()).isEqualTo(2000);
            assertThat(segment.hasLinkWork()).isFalse();
            double recall = 0;
            for (int i = 1500; i < 1600; i++) {
                recall += TestVectors.recall(
                        TestVectors.nearest(Space.L2, vectors, vectors[i], 10, view::isLive),
                        view.search(vectors[i], 10, null, SearchOptions.DEFAULT));
            }
            assertThat(recall / 100).isGreaterThan(0.95);
            for (int ordinal = 1500; ordinal < 2000; ordinal++) {
                segment.kill(ordinal);
            }
            segment.publish();
            TestVectors.linkAll(segment);
            assertThat(segment.graph().size()).isZero();
            assertThat(segment.view().search(vectors[0], 10, null, SearchOptions.DEFAULT).size()).isZero();
        }
    }

    @Test
    void deadOrdinalsAreKnownAgainAfterReopening() {
        float[][] vectors = TestVectors.gaussian(random, 100, 8);
        VectorConfig config = new VectorConfig(8, Space.IP, 16, 100, 100);
        try (VectorSegment segment = VectorSegment.open(directory, config, 0, null)) {
            TestVectors.append(segment, vectors);
        }
        RoaringBitmap live = RoaringBitmap.bitmapOfRange(0, 100);
        live.remove(4);
        live.remove(99);
        live.add(700); // above committed: of no consequence
        try (VectorSegment segment = VectorSegment.open(directory, config, 100, live)) {
            assertThat(segment.liveCount()).isEqualTo(98);
            TestVectors.linkAll(segment);
            assertThat(segment.linked()).isEqualTo(100);
            assertThat(segment.graph().size()).isEqualTo(98);
            assertThat(segment.view().search(vectors[4], 100, null, SearchOptions.DEFAULT).ordinals())
                    .hasSize(98)
                    .doesNotContain(4, 99);
        }
    }

    @Test
    void aClosedSegmentRefusesWritesAndItsViewsGoOnAnswering() {
        float[][] vectors = TestVectors.gaussian(random, 500, 8);
        VectorSegment segment = open(Space.L2, 8, EAGER);
        VectorView view = TestVectors.append(segment, vectors);
        segment.link(100);
        segment.close();
        segment.close();
        VectorSegment.delete(directory);
        assertThat(view.search(vectors[400], 1, null, SearchOptions.DEFAULT).ordinals()).containsExactly(400);
        assertThat(segment.hasLinkWork()).isFalse();
        assertThat(segment.link(100)).isZero();
        assertThatThrownBy(() -> segment.append(TestVectors.bytes(vectors[0]), new int[1], 1)).isInstanceOf(
                IllegalStateException.class);
        assertThatThrownBy(segment::publish).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anInterruptedReaderGetsItsAnswerAndKeepsItsFlag() {
        float[][] vectors = TestVectors.gaussian(random, 500, 8);
        try (VectorSegment segment = open(Space.L2, 8, EAGER)) {
            VectorView view = TestVectors.append(segment, vectors);
            TestVectors.linkAll(segment);
            Thread.currentThread().interrupt();
            try {
                int[] found = view.search(vectors[9], 1, null, SearchOptions.DEFAULT).ordinals();
                assertThat(found).containsExactly(9);
            } finally {
                assertThat(Thread.interrupted()).isTrue();
            }
        }
    }

    @Test
    void wrongArgumentsAreRefused() {
        try (VectorSegment segment = open(Space.L2, 8, EAGER)) {
            assertThatThrownBy(() -> segment.append(TestVectors.bytes(new float[7]), new int[1], 1))
                    .isInstanceOf(
                            IllegalArgumentException.class);
            assertThatThrownBy(() -> segment.view().search(new float[7], 1, null, SearchOptions.DEFAULT))
                    .isInstanceOf(
                            IllegalArgumentException.class);
            assertThatThrownBy(() -> segment.view().search(new float[8], 0, null, SearchOptions.DEFAULT))
                    .isInstanceOf(
                            IllegalArgumentException.class);
            assertThatThrownBy(() -> segment.view().row(0)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(segment.view().search(new float[8], 3, null, SearchOptions.DEFAULT).size()).isZero();
        }
    }
}
