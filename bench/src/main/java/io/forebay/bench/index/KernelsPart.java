package io.forebay.bench.index;

import io.forebay.index.vector.DistanceKernels;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Nanoseconds a row of the float32 row kernels, in a loop: one query against {@value #ROWS} rows that fit
 * into the second-level cache, as the C program has it. JMH has the same loops with forks ({@link
 * KernelBenchmark}).
 */
final class KernelsPart {
    private static final int ROWS = 64;
    private static final int[] DIMENSIONS = {128, 384, 768, 1536};
    private static final double WANTED = 1.5;
    /** L2 in C with AVX-512 and four accumulators, on another machine (hnsw-facts), ns a row. */
    private static final Map<Integer, Double> ELSEWHERE = Map.of(128, 3.1, 768, 15.8, 1536, 31.6);
    private static final int PASSES = 1000;

    private final IndexBench bench;
    private final float[] out = new float[4];
    /** Results go here, so that no compiler leaves the work out. */
    private volatile float sink;

    KernelsPart(IndexBench bench) {
        this.bench = bench;
    }

    /** One pass over all rows. */
    private interface Kernel {
        float pass(float[] query, MemorySegment rows, int length);
    }

    void measure(IndexFigures figures) throws Exception {
        Path program = bench.programs().kernels();
        Map<String, Kernel> kernels = new TreeMap<>(Map.of("l2", this::oneRowL2, "l2_by_4", this::fourRowsL2,
                "dot", this::oneRowDot, "dot_by_4", this::fourRowsDot));
        for (int round = bench.settings().firstRound(); round <= bench.settings().rounds(); round++) {
            for (int dimension : DIMENSIONS) {
                Vectors vectors = Vectors.of(dimension);
                for (Map.Entry<String, Kernel> kernel : kernels.entrySet()) {
                    add(round, dimension, kernel.getKey(), nanos(kernel.getValue(), vectors));
                }
                if (program != null) {
                    add(round, dimension, "c", reference(program, dimension));
                }
            }
        }
        for (int dimension : DIMENSIONS) {
            addFigures(figures, dimension, program);
        }
    }

    private record Vectors(float[] query, MemorySegment rows, int length) {
        static Vectors of(int dimension) {
            Random random = new Random(7);
            int length = DistanceKernels.paddedLength(dimension);
            MemorySegment rows = Arena.ofAuto().allocate((long) ROWS * length * Float.BYTES, 64);
            float[] vector = new float[length];
            for (int row = 0; row <= ROWS; row++) {
                for (int i = 0; i < dimension; i++) {
                    vector[i] = (float) random.nextGaussian();
                }
                if (row < ROWS) {
                    MemorySegment.copy(vector, 0, rows, ValueLayout.JAVA_FLOAT,
                            (long) row * length * Float.BYTES, length);
                }
            }
            return new Vectors(vector, rows, length);
        }
    }

    /** After as much time again that does not count: for the compiler. */
    private double nanos(Kernel kernel, Vectors vectors) throws Exception {
        double rows = 0;
        double seconds = 0;
        for (int turn = 0; turn < 2; turn++) {
            rows = 0;
            seconds = 0;
            while (seconds < bench.settings().searchSeconds()) {
                seconds += Times.of(() -> {
                    for (int pass = 0; pass < PASSES; pass++) {
                        sink = kernel.pass(vectors.query, vectors.rows, vectors.length);
                    }
                }).cpuSeconds();
                rows += (double) PASSES * ROWS;
            }
        }
        return seconds * 1e9 / rows;
    }

    private double reference(Path program, int dimension) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(program.toString(),
                String.format(Locale.ROOT, "%f", bench.settings().searchSeconds()),
                Integer.toString(dimension)).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        List<String> words = List.of(said.split(" "));
        if (process.waitFor() != 0 || words.size() != 3 || !words.getFirst().equals("kernel")) {
            throw new IOException("the C kernels said: " + said);
        }
        return Double.parseDouble(words.get(2));
    }

    private void add(int round, int dimension, String side, double nanos) {
        Times each = new Times(nanos / 1e9, nanos / 1e9);
        bench.add(IndexRun.timed(round, "kernel_" + dimension, side, 1, each, Double.NaN));
    }

    private void addFigures(IndexFigures figures, int dimension, @Nullable Path program) {
        String name = "kernel_" + dimension;
        List<String> sides = new ArrayList<>(List.of("dot", "dot_by_4", "l2", "l2_by_4"));
        if (program != null) {
            sides.add("c");
        }
        for (String side : sides) {
            figures.value(name, side, "", "64 rows in the second-level cache", "ns/row",
                    KernelsPart::nanosEach, IndexFigures::reported);
        }
        Double elsewhere = ELSEWHERE.get(dimension);
        if (elsewhere != null) {
            figures.value(name, "l2_by_4", "_over_c_elsewhere",
                    "over C on another machine, " + elsewhere + " ns (hnsw-facts)", "x",
                    run -> nanosEach(run) / elsewhere, figure -> figure.wantingAtMost(WANTED));
        }
        if (program != null) {
            figures.ratio(name, "l2_by_4", "c", "", "of each round, C compiled here", KernelsPart::nanosEach,
                    figure -> figure.wantingAtMost(WANTED));
        }
    }

    private static double nanosEach(IndexRun run) {
        return run.cpuMicrosEach() * 1e3;
    }

    private static long address(MemorySegment rows, int row, int length) {
        return rows.address() + (long) row * length * Float.BYTES;
    }

    private float oneRowL2(float[] query, MemorySegment rows, int length) {
        float sum = 0;
        for (int row = 0; row < ROWS; row++) {
            sum += DistanceKernels.squaredL2Row(query, address(rows, row, length), length);
        }
        return sum;
    }

    private float oneRowDot(float[] query, MemorySegment rows, int length) {
        float sum = 0;
        for (int row = 0; row < ROWS; row++) {
            sum += DistanceKernels.dotRow(query, address(rows, row, length), length);
        }
        return sum;
    }

    private float fourRowsL2(float[] query, MemorySegment rows, int length) {
        float sum = 0;
        for (int row = 0; row < ROWS; row += 4) {
            DistanceKernels.squaredL2Rows(query, address(rows, row, length), address(rows, row + 1, length),
                    address(rows, row + 2, length), address(rows, row + 3, length), length, out);
            sum += out[0] + out[1] + out[2] + out[3];
        }
        return sum;
    }

    private float fourRowsDot(float[] query, MemorySegment rows, int length) {
        float sum = 0;
        for (int row = 0; row < ROWS; row += 4) {
            DistanceKernels.dotRows(query, address(rows, row, length), address(rows, row + 1, length),
                    address(rows, row + 2, length), address(rows, row + 3, length), length, out);
            sum += out[0] + out[1] + out[2] + out[3];
        }
        return sum;
    }
}
