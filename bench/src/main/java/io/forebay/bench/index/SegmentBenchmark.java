package io.forebay.bench.index;

import com.github.jelmerk.hnswlib.core.DistanceFunction;
import com.github.jelmerk.hnswlib.core.DistanceFunctions;
import com.github.jelmerk.hnswlib.core.Item;
import com.github.jelmerk.hnswlib.core.hnsw.HnswIndex;
import io.forebay.index.vector.DistanceKernels;
import io.forebay.index.vector.Neighbors;
import io.forebay.index.vector.SearchOptions;
import io.forebay.index.vector.VectorConfig;
import io.forebay.index.vector.VectorSegment;
import io.forebay.index.vector.VectorView;
import io.forebay.model.Space;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.roaringbitmap.RoaringBitmap;

/**
 * Linking, graph search, exact scan and filtered search of a vector segment, with hnswlib-core as shipped
 * beside it.
 *
 * <p>Run: {@code java @jvm.options -cp ... io.forebay.bench.index.SegmentBenchmark FOLDER_OF_REAL_DATA
 * [rows]}. Each line is one measurement; compare lines of one run only. Rates of one thread are of processor
 * time, of several threads of the wall clock.
 */
public final class SegmentBenchmark {

    private static final int K = 10;
    private static final int M = 16;
    private static final int EF_CONSTRUCTION = 100;

    private final PrintStream out;
    private final String set;
    private final Space space;
    private final float[][] vectors;
    private final float[][] queries;
    private final int dimension;

    private SegmentBenchmark(PrintStream out, String set, Space space, float[][] vectors, float[][] queries) {
        this.out = out;
        this.set = set;
        this.space = space;
        this.vectors = vectors;
        this.queries = queries;
        this.dimension = vectors[0].length;
    }

    public static void main(String[] args) throws Exception {
        int rows = args.length > 1 ? Integer.parseInt(args[1]) : 20_000;
        Path data = Path.of(args[0]);
        float[][] queries = BenchVectors.halfMatrix(data.resolve("peps-queries-1000-minilm384.f16.npy"),
                1000);
        float[][] real = BenchVectors.halfMatrix(data.resolve("peps-40509-minilm384.f16.npy"), rows);
        new SegmentBenchmark(System.out, "minilm384", Space.COSINE, real, queries).run();
        float[][] synthetic = BenchVectors.lowDimensional(new Random(11), rows + 1000, 128);
        new SegmentBenchmark(System.out, "syn128", Space.L2, java.util.Arrays.copyOf(synthetic, rows),
                java.util.Arrays.copyOfRange(synthetic, rows, rows + 1000)).run();
    }

    private void run() throws Exception {
        // Twice, because the first round warms the compiler.
        for (int round = 0; round < 2; round++) {
            report("round", round + 1, "");
            libraryBuild("hnswlib-core, own scalar distance, 1 thread", shipped(), 1);
            libraryBuild("hnswlib-core, our kernel, bare, 1 thread", ours(), 1);
            segment(1);
            segment(2);
        }
    }

    private DistanceFunction<float[], Float> shipped() {
        return space == Space.L2
                ? DistanceFunctions.FLOAT_EUCLIDEAN_DISTANCE
                : DistanceFunctions.FLOAT_INNER_PRODUCT;
    }

    private DistanceFunction<float[], Float> ours() {
        return space == Space.L2
                ? (a, b) -> DistanceKernels.squaredL2(a, b, dimension)
                : (a, b) -> 1 - DistanceKernels.dot(a, b, dimension);
    }

    private void libraryBuild(String name, DistanceFunction<float[], Float> distance, int threads)
            throws Exception {
        HnswIndex<Integer, float[], Entry, Float> graph = HnswIndex
                .newBuilder(dimension, distance, vectors.length)
                .withM(M).withEfConstruction(EF_CONSTRUCTION).withEf(1).build();
        AtomicInteger next = new AtomicInteger();
        report(name, vectors.length / seconds(threads, () -> {
            for (int i = next.getAndIncrement(); i < vectors.length; i = next.getAndIncrement()) {
                graph.add(new Entry(i, vectors[i]));
            }
        }), "vectors/s");
        long start = cpuNanos();
        for (float[] query : queries) {
            graph.findNearest(query, 100);
        }
        report(name + ", search ef 100", queries.length / ((cpuNanos() - start) / 1e9), "queries/s");
    }

    private void segment(int threads) throws Exception {
        Path directory = Files.createTempDirectory("forebay-bench");
        VectorConfig config = new VectorConfig(dimension, space, M, EF_CONSTRUCTION, 100);
        try (VectorSegment segment = VectorSegment.open(directory, config, 0, null)) {
            long start = cpuNanos();
            segment.append(BenchVectors.bytes(vectors), IntStream.range(0, vectors.length).toArray(),
                    vectors.length);
            report("append", vectors.length / ((cpuNanos() - start) / 1e9), "vectors/s");
            VectorView view = segment.publish();
            List<Neighbors> exact = threads == 1 ? exactScan(view) : List.of();
            report("segment link, " + threads + " thread(s)", vectors.length / seconds(threads, () -> {
                int taken = segment.link(256);
                while (taken > 0) {
                    taken = segment.link(256);
                }
            }), "vectors/s");
            if (threads == 1) {
                graphSearch(view, exact);
                filteredSearch(view);
            }
        } finally {
            VectorSegment.delete(directory);
        }
    }

    private List<Neighbors> exactScan(VectorView view) {
        List<Neighbors> answers = new ArrayList<>();
        int count = Math.min(queries.length, 200);
        long start = cpuNanos();
        for (int i = 0; i < count; i++) {
            answers.add(view.search(queries[i], K, null, SearchOptions.DEFAULT));
        }
        double perRowNanos = (cpuNanos() - start) / ((double) count * vectors.length);
        report("exact scan", perRowNanos, "ns/row");
        report("exact scan", dimension * Float.BYTES / perRowNanos, "GB/s");
        for (int rows : new int[]{1_000, 4_000, 10_000}) {
            RoaringBitmap some = new RoaringBitmap();
            new Random(5).ints(0, vectors.length).distinct().limit(rows)
                    .forEach(some::add);
            long from = cpuNanos();
            for (int i = 0; i < count; i++) {
                view.search(queries[i], K, some, SearchOptions.DEFAULT);
            }
            report("exact scan of " + rows + " scattered", (cpuNanos() - from) / ((double) count * rows),
                    "ns/row");
        }
        return answers;
    }

    private void graphSearch(VectorView view, List<Neighbors> exact) {
        for (int ef : new int[]{20, 50, 100}) {
            SearchOptions options = new SearchOptions(ef, false);
            double recall = 0;
            for (int i = 0; i < exact.size(); i++) {
                Set<Integer> wanted = new HashSet<>();
                IntStream.of(exact.get(i).ordinals()).forEach(wanted::add);
                recall += IntStream.of(view.search(queries[i], K, null, options).ordinals())
                        .filter(wanted::contains)
                        .count() / (double) K;
            }
            long start = cpuNanos();
            for (float[] query : queries) {
                view.search(query, K, null, options);
            }
            double micros = (cpuNanos() - start) / 1e3 / queries.length;
            report("search ef " + ef + " (recall %.4f)".formatted(recall / exact.size()), 1e6 / micros,
                    "queries/s");
            report("search ef " + ef, micros, "us");
        }
    }

    private void filteredSearch(VectorView view) {
        for (double share : new double[]{0.9, 0.5, 0.1, 0.01, 0.001}) {
            Random random = new Random(3);
            RoaringBitmap allowed = new RoaringBitmap();
            IntStream.range(0, vectors.length).filter(i -> random.nextDouble() < share).forEach(allowed::add);
            long start = cpuNanos();
            for (int i = 0; i < 200; i++) {
                view.search(queries[i], K, allowed, SearchOptions.DEFAULT);
            }
            report("search ef 100, allowed " + share, (cpuNanos() - start) / 1e3 / 200, "us");
        }
    }

    /** One thread: its processor time, which says more on a shared machine. Several: the wall clock. */
    private static double seconds(int threads, Runnable work) throws InterruptedException {
        AtomicLong cpuNanos = new AtomicLong();
        List<Thread> running = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < threads; i++) {
            running.add(Thread.ofPlatform().name("bench-" + i).start(() -> {
                long before = cpuNanos();
                work.run();
                cpuNanos.addAndGet(cpuNanos() - before);
            }));
        }
        for (Thread thread : running) {
            thread.join();
        }
        return (threads == 1 ? cpuNanos.get() : System.nanoTime() - start) / 1e9;
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private void report(String what, double value, String unit) {
        out.printf("%-10s %-55s %,12.1f %s%n", set, what, value, unit);
    }

    private record Entry(Integer id, float[] vector) implements Item<Integer, float[]> {
        @Override
        public int dimensions() {
            return vector.length;
        }
    }
}
