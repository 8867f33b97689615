package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.Space;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records that are replaced and deleted: what is found, and what they leave behind. */
class ChurnTest {

    private static final int COUNT = 12_288;
    private static final int DIMENSION = 32;
    private static final int QUERIES = 500;
    private static final SearchTuning GRAPH = new SearchTuning(0.0, 0.2, 1000);

    @TempDir
    Path directory;

    private final Random random = TestVectors.random("ChurnTest");

    private VectorSegment open(String name, Space space) {
        VectorConfig config = new VectorConfig(DIMENSION, space, 16, 100, 100);
        return VectorSegment.open(directory.resolve(name), config, 0, null, GRAPH);
    }

    private static void settle(VectorSegment segment) {
        TestVectors.linkAll(segment);
        segment.reclaim(segment.reclaimable());
        assertThat(segment.hasLinkWork()).isFalse();
        NativeVectorIndex index = (NativeVectorIndex) segment.graph().index();
        assertThat(GraphCheck.problems(index.graph(), segment.view().codes())).isEmpty();
    }

    /** The found are named by the vectors, which have other ordinals in either segment. */
    private static double recall(VectorSegment segment, Space space, float[][] vectors, int[] ordinals,
            float[][] queries) {
        double recall = 0;
        for (float[] query : queries) {
            List<Integer> expected = TestVectors.nearest(space, vectors, query, 10, i -> true).stream()
                    .map(i -> ordinals[i]).toList();
            recall += TestVectors.recall(expected,
                    segment.view().search(query, 10, null, new SearchOptions(30, false)));
        }
        return recall / queries.length;
    }

    @ParameterizedTest
    @EnumSource(Space.class)
    void whenEveryRecordWasReplacedThreeTimesTheSegmentIsAsIfItWereNew(Space space) {
        float[][] all = TestVectors.clustered(random, 4 * COUNT + QUERIES, DIMENSION);
        float[][] queries = java.util.Arrays.copyOfRange(all, 4 * COUNT, all.length);
        float[][] last = java.util.Arrays.copyOfRange(all, 3 * COUNT, 4 * COUNT);
        int[] ordinals = IntStream.range(0, COUNT).toArray();
        try (VectorSegment churned = open("churned", space); VectorSegment fresh = open("fresh", space)) {
            TestVectors.append(churned, java.util.Arrays.copyOf(all, COUNT));
            TestVectors.linkAll(churned);
            int step = 1024;
            for (int from = COUNT; from < 4 * COUNT; from += step) {
                for (int i = 0; i < step; i++) {
                    int record = (from + i) % COUNT;
                    churned.kill(ordinals[record]);
                    ordinals[record] = churned.count() + i;
                }
                TestVectors.append(churned, java.util.Arrays.copyOfRange(all, from, from + step));
                TestVectors.linkAll(churned);
                churned.reclaim(churned.reclaimable());
            }
            settle(churned);
            TestVectors.append(fresh, last);
            settle(fresh);
            double before = recall(fresh, space, last, IntStream.range(0, COUNT).toArray(), queries);
            double after = recall(churned, space, last, ordinals, queries);
            VectorStats now = churned.stats();
            VectorStats was = fresh.stats();
            System.out.printf("ChurnTest %s: recall@10 %.4f, fresh %.4f; %s, fresh %s%n", space, after,
                    before,
                    now, was);
            assertThat(now.live()).isEqualTo(COUNT);
            // Beyond what chance makes of so few queries; bench index measures it, with many.
            assertThat(after).isGreaterThan(before - 0.03);
            // A chunk stands for all that is dead; beside 12,288 vectors it is a third.
            long far = (long) CodeRows.CHUNK_ROWS * (64 + CodeRows.SCALAR_BYTES);
            assertThat(now.codeBytes() + now.graphBytes() - far)
                    .isLessThanOrEqualTo((long) (1.3 * (was.codeBytes() + was.graphBytes())));
            assertThat(now.diskBytes()).isLessThanOrEqualTo((long) (1.3 * was.diskBytes()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 300, 999, 4096, 10_000})
    void deletingEverythingGivesTheSpaceBack(int count) {
        try (VectorSegment segment = open("deleted", Space.L2)) {
            float[][] vectors = TestVectors.clustered(random, count, DIMENSION);
            TestVectors.append(segment, vectors);
            TestVectors.linkAll(segment);
            VectorStats full = segment.stats();
            IntStream.range(0, count).forEach(segment::kill);
            segment.publish();
            assertThat(segment.hasLinkWork()).isTrue();
            settle(segment);
            VectorStats empty = segment.stats();
            assertThat(empty.live()).isZero();
            assertThat(empty.graphBytes()).isZero();
            assertThat(empty.codeBytes()).isLessThanOrEqualTo(Math.min(full.codeBytes(),
                    (long) CodeRows.CHUNK_ROWS * (64 + CodeRows.SCALAR_BYTES)));
            assertThat(empty.diskBytes()).isZero();
            assertThat(segment.view().search(vectors[0], 5, null, SearchOptions.DEFAULT).ordinals())
                    .isEmpty();

            float[][] again = TestVectors.clustered(random, 500, DIMENSION);
            TestVectors.append(segment, again);
            settle(segment);
            for (int i = 0; i < 500; i++) {
                assertThat(segment.view().search(again[i], 1, null, SearchOptions.DEFAULT).ordinals())
                        .containsExactly(count + i);
            }
        }
    }

    /** The same record over and over, as a counter that is embedded would be. */
    @Test
    void replacingOneRecordThousandsOfTimesTakesNoMoreMemory() {
        float[][] vectors = TestVectors.gaussian(random, 10_000, DIMENSION);
        try (VectorSegment segment = open("one", Space.COSINE)) {
            for (int i = 0; i < vectors.length; i++) {
                TestVectors.append(segment, vectors[i]);
                if (i > 0) {
                    segment.kill(i - 1);
                    segment.publish();
                }
                segment.link(16);
                if (i % 1000 == 0) {
                    segment.reclaim(segment.reclaimable());
                }
            }
            settle(segment);
            assertThat(segment.liveCount()).isEqualTo(1);
            assertThat(segment.view().search(vectors[3], 5, null, SearchOptions.DEFAULT).ordinals())
                    .containsExactly(vectors.length - 1);
            assertThat(segment.stats().graphBytes()).isLessThan(2L << 20);
        }
    }
}
