package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.Space;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

/** Blocks of dead rows go, and nothing else. */
class ReclaimTest {

    private static final int DIMENSION = 8;
    private static final int BLOCK = 4096;
    private static final int ROW_BYTES = 64 + 8;
    private static final VectorConfig CONFIG = new VectorConfig(DIMENSION, Space.L2, 8, 50, 50);

    @TempDir
    Path directory;

    private final Random random = TestVectors.random("ReclaimTest");

    private VectorSegment open(int committed, RoaringBitmap live) {
        return VectorSegment.open(directory, CONFIG, committed, live);
    }

    private static void kill(VectorSegment segment, int from, int to) {
        for (int ordinal = from; ordinal < to; ordinal++) {
            segment.kill(ordinal);
        }
    }

    private static void check(VectorView view, float[][] vectors, int from, int to) {
        float[] copy = new float[DIMENSION];
        for (int ordinal = from; ordinal < to; ordinal++) {
            view.copyVector(ordinal, copy);
            assertThat(copy).isEqualTo(vectors[ordinal]);
            assertThat(view.row(ordinal)).isEqualTo(1000 + ordinal);
        }
    }

    private static int nearest(VectorView view, float[] query) {
        return view.search(query, 1, null, SearchOptions.DEFAULT).ordinals()[0];
    }

    private Path block(int number) {
        return directory.resolve("block-%06d".formatted(number));
    }

    @Test
    void aBlockWhoseRowsAreAllDeadGoesAndTheOthersStay() {
        int count = 3 * BLOCK + 100;
        float[][] vectors = TestVectors.gaussian(random, count, DIMENSION);
        RoaringBitmap live = RoaringBitmap.bitmapOfRange(0, count);
        live.remove(5L, 2L * BLOCK);
        try (VectorSegment segment = open(0, null)) {
            VectorView before = TestVectors.append(segment, vectors);
            long bytes = segment.stats().diskBytes();
            assertThat(segment.reclaim(segment.reclaimable())).isZero();
            kill(segment, 5, 2 * BLOCK);
            DeadRows tooEarly = segment.reclaimable();
            segment.publish();
            assertThat(segment.reclaim(tooEarly)).isZero();
            assertThat(segment.reclaim(segment.reclaimable())).isEqualTo(1);
            assertThat(segment.reclaim(segment.reclaimable())).isZero();
            assertThat(block(1)).doesNotExist();
            assertThat(bytes - segment.stats().diskBytes()).isEqualTo(64 + BLOCK * ROW_BYTES);
            check(before, vectors, 0, count);
            assertThat(nearest(before, vectors[BLOCK + 7])).isEqualTo(BLOCK + 7);
            check(segment.view(), vectors, 2 * BLOCK, count);
            assertThat(nearest(segment.view(), vectors[2 * BLOCK])).isEqualTo(2 * BLOCK);
            assertThat(segment.view().search(vectors[9], count, null, SearchOptions.DEFAULT).size())
                    .isEqualTo(live.getCardinality());
            segment.force();
        }
        VectorCheck check = VectorCheck.of(directory, CONFIG, count, live);
        assertThat(check).isEqualTo(new VectorCheck(live.getCardinality(), new RoaringBitmap(), 3, 0));
        try (VectorSegment segment = open(count, live)) {
            assertThat(segment.damaged().isEmpty()).isTrue();
            check(segment.view(), vectors, 0, 5);
            check(segment.view(), vectors, 2 * BLOCK, count);
            TestVectors.linkAll(segment);
            assertThat(nearest(segment.view(), vectors[count - 1])).isEqualTo(count - 1);
        }
    }

    @Test
    void theLastBlockGoesTooWhenAllIsDeadAndTheNextAppendMakesItAnew() {
        float[][] vectors = TestVectors.gaussian(random, 5010, DIMENSION);
        try (VectorSegment segment = open(0, null)) {
            VectorView before = TestVectors.append(segment, Arrays.copyOf(vectors, 5000));
            kill(segment, 0, 5000);
            segment.publish();
            assertThat(segment.reclaim(segment.reclaimable())).isEqualTo(2);
            assertThat(block(0)).doesNotExist();
            assertThat(block(1)).doesNotExist();
            assertThat(segment.stats().diskBytes()).isZero();
            VectorView after = TestVectors.append(segment, Arrays.copyOfRange(vectors, 5000, 5010));
            assertThat(segment.stats().diskBytes()).isEqualTo(64 + 10 * ROW_BYTES);
            check(after, vectors, 5000, 5010);
            check(before, vectors, 0, 5000);
            segment.force();
        }
        try (VectorSegment segment = open(5010, RoaringBitmap.bitmapOfRange(5000, 5010))) {
            assertThat(segment.damaged().isEmpty()).isTrue();
            check(segment.view(), vectors, 5000, 5010);
            assertThat(nearest(segment.view(), vectors[5003])).isEqualTo(5003);
        }
    }

    /** Far from the origin, codes are only good with a centre, which the deleted must not move. */
    @Test
    void codesAreAsGoodAfterARestartThatFindsFewBlocks() {
        int count = 3 * BLOCK;
        float[][] vectors = TestVectors.gaussian(random, count, DIMENSION);
        for (float[] vector : vectors) {
            for (int i = 0; i < DIMENSION; i++) {
                vector[i] += 1000;
            }
        }
        RoaringBitmap live = RoaringBitmap.bitmapOfRange(2L * BLOCK, count);
        try (VectorSegment segment = open(0, null)) {
            TestVectors.append(segment, vectors);
            kill(segment, 0, 2 * BLOCK);
            segment.publish();
            assertThat(segment.reclaim(segment.reclaimable())).isEqualTo(2);
            segment.force();
        }
        try (VectorSegment segment = open(count, live)) {
            CodeRows codes = segment.view().codes();
            double unit = codes.encoder().unit();
            float[] found = new float[1];
            double wrong = 0;
            double sum = 0;
            for (int ordinal = 2 * BLOCK; ordinal < count - 1; ordinal++) {
                CodeKernels.rowDistances(ordinal, codes, new int[]{ordinal + 1}, 1, found, new CodeQuery());
                double exact = TestVectors.distance(Space.L2, vectors[ordinal], vectors[ordinal + 1]);
                wrong += Math.abs(found[0] / (unit * unit) - exact);
                sum += exact;
            }
            assertThat(wrong / sum).isLessThan(0.1);
        }
    }

    @Test
    void whatIsAppendedAfterTheSnapshotKeepsItsBlock() {
        float[][] vectors = TestVectors.gaussian(random, 5001, DIMENSION);
        try (VectorSegment segment = open(0, null)) {
            TestVectors.append(segment, Arrays.copyOf(vectors, 5000));
            kill(segment, 0, 5000);
            segment.publish();
            DeadRows dead = segment.reclaimable();
            segment.append(TestVectors.bytes(vectors[5000]), new int[]{6000}, 1);
            assertThat(segment.reclaim(dead)).isEqualTo(1);
            assertThat(block(1)).exists();
            segment.rollback();
            segment.append(TestVectors.bytes(vectors[5000]), new int[]{6000}, 1);
            check(segment.publish(), vectors, 5000, 5001);
            assertThat(segment.reclaim(dead)).isZero();
            segment.kill(5000);
            segment.publish();
            segment.append(TestVectors.bytes(vectors[0]), new int[]{1}, 1);
            assertThat(segment.reclaim(segment.reclaimable())).isZero();
            segment.rollback();
            assertThat(segment.reclaim(segment.reclaimable())).isEqualTo(1);
        }
    }

    @Test
    void liveRowsOfAMissingBlockAreDamagedAndDeadOnesAreNotMissed() throws IOException {
        int count = 2 * BLOCK + 10;
        float[][] vectors = TestVectors.gaussian(random, count, DIMENSION);
        try (VectorSegment segment = open(0, null)) {
            TestVectors.append(segment, vectors);
        }
        Files.delete(block(0));
        Files.delete(block(1));
        RoaringBitmap live = RoaringBitmap.bitmapOfRange(BLOCK - 1, count);
        live.remove(BLOCK + 2L, 2L * BLOCK);
        RoaringBitmap lost = RoaringBitmap.bitmapOf(BLOCK - 1, BLOCK, BLOCK + 1);
        assertThat(VectorCheck.of(directory, CONFIG, count, live))
                .isEqualTo(new VectorCheck(13, lost, 1, 0));
        try (VectorSegment segment = open(count, live)) {
            assertThat(segment.damaged()).isEqualTo(lost);
            assertThat(segment.stats().live()).isEqualTo(13);
            float[] copy = {1, 1, 1, 1, 1, 1, 1, 1};
            segment.view().copyVector(BLOCK, copy);
            assertThat(copy).containsOnly(0);
            TestVectors.linkAll(segment);
            assertThat(segment.view().search(vectors[BLOCK], 20, null, SearchOptions.DEFAULT).ordinals())
                    .hasSize(10).doesNotContain(BLOCK - 1, BLOCK, BLOCK + 1);
        }
        assertThat(block(0)).doesNotExist();
    }

    @Test
    void deadRowsAreNotChecked() throws IOException {
        float[][] vectors = TestVectors.gaussian(random, 100, DIMENSION);
        try (VectorSegment segment = open(0, null)) {
            TestVectors.append(segment, vectors);
        }
        try (FileChannel file = FileChannel.open(block(0), StandardOpenOption.WRITE)) {
            file.write(TestVectors.bytes(new float[DIMENSION]), 36_864 + 64L * 40);
        }
        RoaringBitmap live = RoaringBitmap.bitmapOfRange(0, 100);
        assertThat(VectorCheck.of(directory, CONFIG, 100, live).damaged())
                .isEqualTo(RoaringBitmap.bitmapOf(40));
        live.remove(40);
        assertThat(VectorCheck.of(directory, CONFIG, 100, live))
                .isEqualTo(new VectorCheck(99, new RoaringBitmap(), 1, 0));
        try (VectorSegment segment = open(100, live)) {
            assertThat(segment.damaged().isEmpty()).isTrue();
        }
    }

    @Test
    void leftoverBlocksOfACrashGo() {
        float[][] vectors = TestVectors.gaussian(random, 2 * BLOCK + 1, DIMENSION);
        try (VectorSegment segment = open(0, null)) {
            TestVectors.append(segment, vectors);
        }
        try (VectorSegment segment = open(100, null)) {
            assertThat(block(1)).doesNotExist();
            assertThat(block(2)).doesNotExist();
            check(TestVectors.append(segment, Arrays.copyOfRange(vectors, 100, 2 * BLOCK + 1)), vectors, 0,
                    2 * BLOCK + 1);
        }
        VectorSegment.delete(directory);
        assertThat(directory).doesNotExist();
    }

    /** A window of live rows moves on; readers, syncs and reclaims go beside it. */
    @Test
    void reclaimBesideAppendsSyncsAndReaders() throws Exception {
        int window = 3000;
        int step = 700;
        float[][] vectors = TestVectors.gaussian(random, 60 * step, DIMENSION);
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService others = Executors.newFixedThreadPool(3);
        int live;
        try (VectorSegment segment = open(0, null)) {
            Future<Integer> reclaimer = others.submit(() -> {
                int reclaimed = 0;
                while (!done.get()) {
                    reclaimed += segment.reclaim(segment.reclaimable());
                }
                return reclaimed;
            });
            Future<?> syncer = others.submit(() -> {
                while (!done.get()) {
                    segment.force();
                }
            });
            Future<?> reader = others.submit(() -> {
                while (!done.get()) {
                    VectorView view = segment.view();
                    for (int ordinal = Math.max(0, view.count() - window); ordinal < view
                            .count(); ordinal += 97) {
                        assertThat(nearest(view, vectors[ordinal])).isEqualTo(ordinal);
                    }
                }
            });
            for (int end = step; end <= vectors.length; end += step) {
                kill(segment, Math.max(0, end - step - window), Math.max(0, end - window));
                TestVectors.append(segment, Arrays.copyOfRange(vectors, end - step, end));
                if (end % (4 * step) == 0) {
                    segment.append(TestVectors.bytes(vectors[0]), new int[]{1}, 1);
                    segment.rollback();
                }
            }
            done.set(true);
            syncer.get();
            reader.get();
            int reclaimed = reclaimer.get() + segment.reclaim(segment.reclaimable());
            live = vectors.length - window;
            assertThat(reclaimed).isEqualTo(live / BLOCK);
            check(segment.view(), vectors, live, vectors.length);
            segment.force();
        } finally {
            done.set(true);
            others.shutdown();
        }
        RoaringBitmap survivors = new RoaringBitmap();
        IntStream.range(live, vectors.length).forEach(survivors::add);
        try (VectorSegment segment = open(vectors.length, survivors)) {
            assertThat(segment.damaged().isEmpty()).isTrue();
            check(segment.view(), vectors, live, vectors.length);
        }
    }
}
