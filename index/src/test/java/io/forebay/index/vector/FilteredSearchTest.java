package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.Space;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.roaringbitmap.RoaringBitmap;

/**
 * Searches among some of the rows: what they answer is allowed and is what the exact search answers, nearly,
 * whatever the filter, the engine and the way they choose.
 */
class FilteredSearchTest {

    private static final int COUNT = 4000;
    private static final int DIMENSION = 24;
    /** The graph answers whenever it can. */
    private static final SearchTuning EAGER = new SearchTuning(0.0, 0.2, 100);
    private static final double[] SHARES = {0.9, 0.5, 0.1, 0.01, 0.001, 0};

    @TempDir
    Path directory;

    private final Random random = TestVectors.random("FilteredSearchTest");

    static Stream<Arguments> enginesAndWays() {
        return Arrays.stream(IndexEngine.values()).flatMap(engine -> Stream.of(Arguments.of(engine, EAGER),
                Arguments.of(engine, SearchTuning.of(config(engine, Space.L2)))));
    }

    private static VectorConfig config(IndexEngine engine, Space space) {
        return new VectorConfig(DIMENSION, space, 16, 100, 100, engine);
    }

    @ParameterizedTest
    @MethodSource("enginesAndWays")
    void theNearestAllowedAreFoundWhateverTheFilterIs(IndexEngine engine, SearchTuning tuning) {
        float[][] all = TestVectors.clustered(random, COUNT + 60, DIMENSION);
        float[][] vectors = Arrays.copyOf(all, COUNT);
        List<float[]> queries = Arrays.asList(all).subList(COUNT, all.length);
        float[] pivot = vectors[random.nextInt(COUNT)];
        int[] nearFirst = nearFirst(vectors, pivot);
        List<float[]> ordered = queries.stream().sorted(
                Comparator.comparingDouble(query -> TestVectors.distance(Space.L2, query, pivot))).toList();
        VectorConfig config = config(engine, Space.L2);
        try (VectorSegment segment = VectorSegment.open(directory, config, 0, null, tuning)) {
            TestVectors.append(segment, vectors);
            TestVectors.linkAll(segment);
            for (double share : SHARES) {
                int count = Math.max(1, (int) (share * COUNT));
                RoaringBitmap some = RoaringBitmap.bitmapOf(
                        random.ints(0, COUNT).distinct().limit(count).toArray());
                RoaringBitmap near = RoaringBitmap.bitmapOf(Arrays.copyOf(nearFirst, count));
                RoaringBitmap farthest = RoaringBitmap.bitmapOf(
                        Arrays.copyOfRange(nearFirst, COUNT - count, COUNT));
                checkRecall("random " + share, segment.view(), vectors, queries, some, 0.95);
                checkRecall("cluster " + share, segment.view(), vectors, queries, near, 0.95);
                checkRecall("inside " + share, segment.view(), vectors, ordered.subList(0, 20), near, 0.95);
                // From far all that is allowed lies on one side, at hardly different distances: the hardest
                // walk, which is left to the scan where it may choose.
                checkRecall("far " + share, segment.view(), vectors, ordered.subList(0, 20), farthest,
                        tuning == EAGER ? 0.85 : 0.95);
            }
        }
    }

    private static int[] nearFirst(float[][] vectors, float[] pivot) {
        return TestVectors.nearest(Space.L2, vectors, pivot, vectors.length, o -> true).stream()
                .mapToInt(o -> o).toArray();
    }

    private static void checkRecall(String filter, VectorView view, float[][] vectors, List<float[]> queries,
            RoaringBitmap allowed, double least) {
        double recall = 0;
        for (float[] query : queries) {
            Neighbors found = view.search(query, 10, allowed, SearchOptions.DEFAULT);
            assertThat(found.size()).as(filter).isEqualTo(Math.min(10, allowed.getCardinality()));
            recall += TestVectors.recall(
                    TestVectors.nearest(Space.L2, vectors, query, 10, allowed::contains), found);
        }
        assertThat(recall / queries.size()).as(filter).isGreaterThanOrEqualTo(least);
    }

    @ParameterizedTest
    @EnumSource(IndexEngine.class)
    void answersAreAllowedLiveSeenSortedAndComplete(IndexEngine engine) {
        float[][] vectors = TestVectors.clustered(random, 3000, DIMENSION);
        for (int round = 0; round < 3; round++) {
            Space space = Space.values()[round];
            VectorConfig config = config(engine, space);
            try (VectorSegment segment = VectorSegment.open(directory.resolve("r" + round), config, 0, null,
                    EAGER)) {
                TestVectors.append(segment, Arrays.copyOf(vectors, 2000));
                TestVectors.linkAll(segment);
                killSome(segment, 200, 2000);
                VectorView older = TestVectors.append(segment, Arrays.copyOfRange(vectors, 2000, 2600));
                killSome(segment, 200, 2600);
                VectorView younger = TestVectors.append(segment, Arrays.copyOfRange(vectors, 2600, 3000));
                segment.link(200);
                for (int i = 0; i < 100; i++) {
                    checkRandomFilter(random.nextBoolean() ? older : younger, space, vectors);
                }
            }
        }
    }

    private void killSome(VectorSegment segment, int count, int below) {
        random.ints(count, 0, below).forEach(segment::kill);
        segment.publish();
    }

    private void checkRandomFilter(VectorView view, Space space, float[][] vectors) {
        RoaringBitmap allowed = randomFilter();
        RoaringBitmap untouched = allowed.clone();
        int k = random.nextInt(4) == 0 ? 1 + random.nextInt(3000) : 1 + random.nextInt(20);
        float[] query = vectors[random.nextInt(vectors.length)];
        Neighbors found = view.search(query, k, allowed, new SearchOptions(random.nextInt(100), false));
        long candidates = IntStream.of(allowed.toArray()).filter(view::isLive).count();
        assertThat(found.ordinals()).hasSize((int) Math.min(k, candidates)).doesNotHaveDuplicates();
        assertThat(IntStream.of(found.ordinals())).allMatch(o -> view.isLive(o) && allowed.contains(o));
        for (int i = 0; i < found.size(); i++) {
            double exact = TestVectors.distance(space, query, vectors[found.ordinals()[i]]);
            assertThat((double) found.distances()[i]).isCloseTo(exact,
                    org.assertj.core.data.Offset.offset(1e-4 * (1 + Math.abs(exact))));
            assertThat(i == 0 || found.distances()[i - 1] <= found.distances()[i]).isTrue();
        }
        assertThat(allowed).isEqualTo(untouched);
    }

    /** Of any density, in runs or scattered, of any kind of container; also beyond what there is. */
    private RoaringBitmap randomFilter() {
        RoaringBitmap filter = new RoaringBitmap();
        double share = Math.pow(random.nextDouble(), 3);
        int run = 1 + random.nextInt(50);
        for (int from = 0; from < 3200; from += run) {
            if (random.nextDouble() < share) {
                filter.add((long) from, from + run);
            }
        }
        if (random.nextBoolean()) {
            filter.runOptimize();
        }
        if (random.nextInt(4) == 0) {
            filter.add(1 << 20);
        }
        return filter;
    }

    @Test
    void aClusterInAnotherCornerIsFoundThroughTheGraph() {
        float[][] vectors = TestVectors.clustered(random, COUNT, DIMENSION);
        for (int i = 2000; i < COUNT; i++) {
            vectors[i][0] += 20;
        }
        RoaringBitmap far = RoaringBitmap.bitmapOfRange(2000, COUNT);
        VectorConfig config = config(IndexEngine.NATIVE, Space.L2);
        try (VectorSegment segment = VectorSegment.open(directory, config, 0, null, EAGER)) {
            TestVectors.append(segment, vectors);
            TestVectors.linkAll(segment);
            checkRecall("far", segment.view(), vectors, Arrays.asList(vectors).subList(0, 50), far,
                    0.85);
        }
    }

    @Test
    void nativeAndJavaWalksComeToTheSameNodes() {
        float[][] vectors = TestVectors.clustered(random, COUNT, DIMENSION);
        VectorConfig config = config(IndexEngine.NATIVE, Space.COSINE);
        try (VectorSegment segment = VectorSegment.open(directory, config, 0, null, EAGER)) {
            VectorView view = TestVectors.append(segment, vectors);
            TestVectors.linkAll(segment);
            NativeGraph graph = ((NativeVectorIndex) segment.graph().index()).graph();
            GraphScratch scratch = new GraphScratch();
            for (int i = 0; i < 100; i++) {
                float[] query = PreparedQuery.of(vectors[random.nextInt(COUNT)], config).padded();
                view.codes().encoder().encode(query, scratch.query, scratch.encoding);
                scratch.allowed.set(randomFilter(), view.hidden(), COUNT);
                new FilteredWalk(graph, view.codes(), scratch, true).run(50);
                long[] inJava = Arrays.copyOf(scratch.beam, scratch.beamSize);
                new FilteredWalk(graph, view.codes(), scratch).run(50);
                assertThat(Arrays.copyOf(scratch.beam, scratch.beamSize)).isEqualTo(inJava);
            }
        }
    }
}
