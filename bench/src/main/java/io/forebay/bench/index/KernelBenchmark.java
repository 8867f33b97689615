package io.forebay.bench.index;

import io.forebay.index.vector.DistanceKernels;
import io.forebay.index.vector.ScalarKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Nanoseconds per row: one query against {@value #ROWS} rows that fit into the second-level cache. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgs = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class KernelBenchmark {

    static final int ROWS = 64;

    @Param({"128", "384", "768", "1536"})
    int dimension;

    private int length;
    private float[] query = new float[0];
    private float[][] arrays = new float[0][];
    private long base;
    private final float[] out = new float[8];

    @Setup
    public void fill() {
        Random random = new Random(7);
        length = DistanceKernels.paddedLength(dimension);
        query = vector(random);
        arrays = new float[ROWS][];
        MemorySegment rows = Arena.global().allocate((long) ROWS * length * Float.BYTES, 64);
        base = rows.address();
        for (int row = 0; row < ROWS; row++) {
            arrays[row] = vector(random);
            MemorySegment.copy(arrays[row], 0, rows, ValueLayout.JAVA_FLOAT, offset(row), length);
        }
    }

    private float[] vector(Random random) {
        float[] vector = new float[length];
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    private long offset(int row) {
        return (long) row * length * Float.BYTES;
    }

    private long address(int row) {
        return base + offset(row);
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public double scalarL2() {
        double sum = 0;
        for (float[] array : arrays) {
            sum += floatL2(query, array);
        }
        return sum;
    }

    /** As a library without the Vector API has it: single precision, one accumulator. */
    private static float floatL2(float[] a, float[] b) {
        float sum = 0;
        for (int i = 0; i < a.length; i++) {
            float d = a[i] - b[i];
            sum += d * d;
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public double scalarTwinL2() {
        double sum = 0;
        for (float[] array : arrays) {
            sum += ScalarKernels.squaredL2(query, array, length);
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public float arrayL2() {
        float sum = 0;
        for (float[] array : arrays) {
            sum += DistanceKernels.squaredL2(query, array, length);
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public float arrayDot() {
        float sum = 0;
        for (float[] array : arrays) {
            sum += DistanceKernels.dot(query, array, length);
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public float rowL2() {
        float sum = 0;
        for (int row = 0; row < ROWS; row++) {
            sum += DistanceKernels.squaredL2Row(query, address(row), length);
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public float fourRowsL2() {
        float sum = 0;
        for (int row = 0; row < ROWS; row += 4) {
            DistanceKernels.squaredL2Rows(query, address(row), address(row + 1), address(row + 2),
                    address(row + 3),
                    length, out);
            sum += out[0] + out[1] + out[2] + out[3];
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public float fourRowsDot() {
        float sum = 0;
        for (int row = 0; row < ROWS; row += 4) {
            DistanceKernels.dotRows(query, address(row), address(row + 1), address(row + 2),
                    address(row + 3),
                    length, out);
            sum += out[0] + out[1] + out[2] + out[3];
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public float rowDotAndNorm() {
        float sum = 0;
        for (int row = 0; row < ROWS; row++) {
            DistanceKernels.dotAndNormRow(query, address(row), length, out);
            sum += out[0] + out[4];
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public float fourRowsDotAndNorm() {
        float sum = 0;
        for (int row = 0; row < ROWS; row += 4) {
            DistanceKernels.dotAndNormRows(query, address(row), address(row + 1), address(row + 2),
                    address(row + 3), length, out);
            sum += out[0] + out[1] + out[2] + out[3] + out[4] + out[5] + out[6] + out[7];
        }
        return sum;
    }
}
