package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.Space;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.roaringbitmap.RoaringBitmap;

/**
 * An applier that appends, kills and sometimes takes back, two linkers, one who stores the graph, readers
 * that check every answer against an oracle, and rebuilds in between. The oracle is a bit set of the living
 * per published view, kept by the applier.
 */
class VectorSegmentStressTest {

    private static final int DIMENSION = 12;

    /**
     * Graph from the first row, rebuilds from 200 nodes: what takes hours in production happens all the time.
     */
    private static final SearchTuning EAGER = new SearchTuning(0.01, 0.2, 200);

    private record Published(VectorView view, BitSet live) {}

    @TempDir
    Path directory;

    private final AtomicBoolean done = new AtomicBoolean();
    private final Set<LinkedGraph> graphs = ConcurrentHashMap.newKeySet();
    private final List<Future<Long>> others = new CopyOnWriteArrayList<>();
    private volatile Published published;

    @ParameterizedTest
    @EnumSource(IndexEngine.class)
    void everyAnswerIsRightWhileEverythingHappensAtOnce(IndexEngine engine) throws Exception {
        run(200, engine);
    }

    @ParameterizedTest
    @EnumSource(IndexEngine.class)
    @Tag("long")
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void everyAnswerIsRightForLong(IndexEngine engine) throws Exception {
        run(engine == IndexEngine.NATIVE ? 3000 : 1500, engine);
    }

    private void run(int rounds, IndexEngine engine) throws Exception {
        Random random = TestVectors.random("VectorSegmentStressTest");
        float[][] vectors = TestVectors.clustered(random, rounds * 60 + 100, DIMENSION);
        VectorConfig config = new VectorConfig(DIMENSION, Space.L2, 8, 60, 60, engine);
        try (VectorSegment segment = VectorSegment.open(directory, config, 0, null, EAGER);
                ExecutorService pool = Executors.newCachedThreadPool()) {
            published = new Published(segment.view(), new BitSet());
            others.add(pool.submit(linker(segment)));
            others.add(pool.submit(linker(segment)));
            others.add(pool.submit(reader(segment, vectors, random.nextLong())));
            others.add(pool.submit(reader(segment, vectors, random.nextLong())));
            Future<Long> reclaimer = pool.submit(reclaimer(segment));
            others.add(pool.submit(storer(segment, rounds)));
            try {
                pool.submit(() -> apply(segment, vectors, rounds, new Random(random.nextLong()))).get();
            } finally {
                done.set(true);
            }
            List<Long> work = new ArrayList<>();
            for (Future<Long> other : others) {
                work.add(other.get());
            }
            assertThat(reclaimer.get()).isPositive();
            System.out.println(
                    "VectorSegmentStressTest linked and searched " + work + ", graphs " + graphs.size());
            assertThat(work).allMatch(done -> done > rounds / 4);
            assertThat(graphs.size()).isGreaterThan(1);
            TestVectors.linkAll(segment);
            assertThat(segment.hasLinkWork()).isFalse();
            assertThat(segment.linked()).isEqualTo(segment.count());
            checkEveryLiveRecordIsFound(segment, vectors);
            if (segment.graph().index() instanceof NativeVectorIndex index) {
                assertThat(GraphCheck.problems(index.graph(), segment.view().codes())).isEmpty();
            }
            segment.storeGraph();
        }
        reopen(config, vectors);
    }

    /** Where vectors.length is the bound of all ordinals, vectors[ordinal] is what was appended there. */
    private int apply(VectorSegment segment, float[][] vectors, int rounds, Random random) {
        BitSet live = new BitSet();
        int oldest = 0;
        for (int round = 0; round < rounds; round++) {
            int count = random.nextInt(100);
            int first = segment.count();
            if (first + count > vectors.length) {
                break;
            }
            float[][] batch = java.util.Arrays.copyOfRange(vectors, first, first + count);
            boolean takeBack = random.nextInt(8) == 0;
            if (takeBack) {
                batch = TestVectors.gaussian(random, count, DIMENSION);
            }
            segment.append(TestVectors.bytes(batch), IntStream.range(first, first + count).map(i -> 1000 + i)
                    .toArray(), count);
            BitSet next = (BitSet) live.clone();
            next.set(first, first + count);
            for (int kills = random.nextInt(60); kills > 0 && first + count > 0; kills--) {
                int ordinal = random.nextInt(first + count);
                segment.kill(ordinal);
                next.clear(ordinal);
            }
            // The oldest die, so that blocks go.
            for (int ordinal = Math.max(0, oldest); ordinal < first - 3000; ordinal++) {
                segment.kill(ordinal);
                next.clear(ordinal);
            }
            if (takeBack) {
                segment.rollback();
                continue;
            }
            oldest = first - 3000;
            live = next;
            published = new Published(segment.publish(), live);
            // The linkers follow at some distance, so that graph, tail and rebuilds all have a part in the
            // answers.
            int far = 100 + random.nextInt(600);
            while (segment.count() - segment.linked() > far && others.stream().noneMatch(Future::isDone)) {
                Thread.onSpinWait();
            }
        }
        return 0;
    }

    private Callable<Long> linker(VectorSegment segment) {
        return () -> {
            long linked = 0;
            int before = 0;
            while (!done.get()) {
                int now = segment.link(16);
                linked += now;
                graphs.add(segment.graph());
                int watermark = segment.linked();
                assertThat(watermark).isBetween(before, segment.count());
                before = watermark;
                if (now == 0) {
                    Thread.onSpinWait();
                }
            }
            return linked;
        };
    }

    /** What the checkpointer does, without the flush in between: deleted vectors are not asked for again. */
    private Callable<Long> reclaimer(VectorSegment segment) {
        return () -> {
            long deleted = 0;
            while (!done.get()) {
                deleted += segment.reclaim(segment.reclaimable());
                Thread.onSpinWait();
            }
            return deleted;
        };
    }

    /** Stores whatever graph there is, all the time; what it wrote last is what {@link #reopen} takes up. */
    private Callable<Long> storer(VectorSegment segment, int rounds) {
        return () -> {
            while (!done.get()) {
                if (segment.storeGraph() == 0) {
                    Thread.onSpinWait();
                }
            }
            return (long) rounds;
        };
    }

    private Callable<Long> reader(VectorSegment segment, float[][] vectors, long seed) {
        return () -> {
            Random random = new Random(seed);
            List<Published> kept = new ArrayList<>();
            long searches = 0;
            while (!done.get()) {
                if (kept.size() < 10 || random.nextInt(20) == 0) {
                    kept.add(published);
                }
                // Often an old view: it must go on giving its own answers.
                check(kept.get(random.nextInt(kept.size())), vectors, random);
                assertThat(segment.view().count()).isGreaterThanOrEqualTo(kept.getLast().view.count());
                if (kept.size() > 30) {
                    kept.subList(0, 15).clear();
                }
                searches++;
            }
            return searches;
        };
    }

    private static void check(Published seen, float[][] vectors, Random random) {
        BitSet live = seen.live;
        VectorView view = seen.view;
        assertThat(view.liveCount()).isEqualTo(live.cardinality());
        if (view.count() == 0) {
            return;
        }
        float[] query = vectors[random.nextInt(view.count())];
        RoaringBitmap allowed = null;
        int candidates = live.cardinality();
        int mode = random.nextInt(3);
        if (mode > 0) {
            double share = mode == 1 ? 0.5 : 0.02;
            allowed = new RoaringBitmap();
            IntStream.range(0, view.count()).filter(i -> random.nextDouble() < share).forEach(allowed::add);
            candidates = (int) allowed.stream().filter(live::get).count();
        }
        int k = 1 + random.nextInt(30);
        Neighbors found = view.search(query, k, allowed, SearchOptions.DEFAULT);
        assertThat(found.size()).isEqualTo(Math.min(k, candidates));
        assertThat(found.ordinals()).doesNotHaveDuplicates();
        float last = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < found.size(); i++) {
            int ordinal = found.ordinals()[i];
            assertThat(live.get(ordinal)).isTrue();
            assertThat(allowed == null || allowed.contains(ordinal)).isTrue();
            assertThat(view.row(ordinal)).isEqualTo(1000 + ordinal);
            assertThat(found.distances()[i]).isGreaterThanOrEqualTo(last);
            last = found.distances()[i];
            double exact = ScalarKernels.squaredL2(query, vectors[ordinal], DIMENSION);
            assertThat((double) last).isCloseTo(exact,
                    org.assertj.core.data.Offset.offset(1e-4 * (1 + exact)));
        }
    }

    private void checkEveryLiveRecordIsFound(VectorSegment segment, float[][] vectors) {
        BitSet live = published.live;
        int missed = 0;
        for (int ordinal = live.nextSetBit(0); ordinal >= 0; ordinal = live.nextSetBit(ordinal + 1)) {
            int[] found = segment.view().search(vectors[ordinal], 5, null, SearchOptions.DEFAULT).ordinals();
            final int wanted = ordinal;
            if (IntStream.of(found).noneMatch(i -> i == wanted)) {
                missed++;
            }
        }
        assertThat(missed).isLessThanOrEqualTo(live.cardinality() / 100);
        // The graph has nearly no dead nodes left to carry: at most the share that starts a rebuild.
        assertThat(segment.graph().size())
                .isLessThanOrEqualTo(Math.max(200, (int) (live.cardinality() / 0.79) + 1));
    }

    private void reopen(VectorConfig config, float[][] vectors) {
        BitSet live = published.live;
        RoaringBitmap bitmap = new RoaringBitmap();
        live.stream().forEach(bitmap::add);
        int count = published.view.count();
        try (VectorSegment segment = VectorSegment.open(directory, config, count, bitmap, EAGER)) {
            assertThat(segment.damaged().isEmpty()).isTrue();
            if (config.engine() == IndexEngine.NATIVE) {
                assertThat(segment.linked()).isPositive();
                GraphStoreTest.assertSound(segment);
            }
            TestVectors.linkAll(segment);
            checkEveryLiveRecordIsFound(segment, vectors);
            assertThat(segment.liveCount()).isEqualTo(live.cardinality());
            float[] copy = new float[DIMENSION];
            for (int ordinal = live.nextSetBit(0); ordinal >= 0; ordinal = live.nextSetBit(ordinal + 1)) {
                segment.view().copyVector(ordinal, copy);
                assertThat(copy).isEqualTo(vectors[ordinal]);
            }
        }
    }
}
