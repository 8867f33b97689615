package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The vector kernels against their scalar twin. Tolerance: 1e-5 of the sum of the magnitudes of the terms,
 * which bounds the rounding of any order of summation up to the dimensions tested.
 */
class DistanceKernelsTest {

    private static final double TOLERANCE = 1e-5;

    private final Random random = TestVectors.random("DistanceKernelsTest");

    private static int[] dimensions() {
        return IntStream
                .concat(IntStream.rangeClosed(1, 70), IntStream.of(127, 128, 129, 384, 768, 1000, 1536))
                .toArray();
    }

    private static double magnitude(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs((double) a[i] * b[i]);
        }
        return sum;
    }

    @Test
    void arrayKernelsAgreeWithTheScalarTwinForEveryRemainder() {
        for (int dimension : dimensions()) {
            float[][] v = TestVectors.gaussian(random, 2, dimension);
            assertThat((double) DistanceKernels.dot(v[0], v[1], dimension)).as("dot, dimension %d", dimension)
                    .isCloseTo(ScalarKernels.dot(v[0], v[1], dimension), within(magnitude(v[0], v[1])));
            double l2 = ScalarKernels.squaredL2(v[0], v[1], dimension);
            assertThat((double) DistanceKernels.squaredL2(v[0], v[1], dimension))
                    .as("l2, dimension %d", dimension)
                    .isCloseTo(l2, within(l2));
        }
    }

    @Test
    void rowKernelsAgreeWithTheScalarTwinForEveryDimension() {
        for (int dimension : dimensions()) {
            checkRows(TestVectors.gaussian(random, 5, dimension), dimension);
        }
    }

    @Test
    void rowKernelsAgreeOnZerosTinyAndHugeMagnitudes() {
        for (int dimension : new int[]{1, 3, 16, 17, 70, 384}) {
            for (float scale : new float[]{0f, 1e-18f, 1e17f}) {
                float[][] v = TestVectors.gaussian(random, 5, dimension);
                for (float[] vector : v) {
                    for (int i = 0; i < dimension; i++) {
                        vector[i] *= scale;
                    }
                }
                v[2] = new float[dimension];
                checkRows(v, dimension);
            }
        }
    }

    private static void checkRows(float[][] v, int dimension) {
        int length = DistanceKernels.paddedLength(dimension);
        float[] query = java.util.Arrays.copyOf(v[4], length);
        MemorySegment rows = Arena.ofAuto().allocate(4L * length * 4, 64);
        for (int row = 0; row < 4; row++) {
            MemorySegment.copy(v[row], 0, rows, ValueLayout.JAVA_FLOAT, 4L * length * row, dimension);
        }
        float[] dots = new float[4];
        float[] l2s = new float[4];
        long stride = 4L * length;
        DistanceKernels.dotRows(query, rows, 0, stride, 2 * stride, 3 * stride, length, dots);
        DistanceKernels.squaredL2Rows(query, rows, 0, stride, 2 * stride, 3 * stride, length, l2s);
        for (int row = 0; row < 4; row++) {
            double dot = ScalarKernels.dotRow(query, rows, row * stride, length);
            double l2 = ScalarKernels.squaredL2Row(query, rows, row * stride, length);
            assertThat(dot)
                    .isEqualTo(ScalarKernels.dot(query, java.util.Arrays.copyOf(v[row], length), length));
            assertThat((double) dots[row]).as("dots, dimension %d", dimension).isCloseTo(dot,
                    within(magnitude(v[4],
                            v[row])));
            assertThat((double) DistanceKernels.dotRow(query, rows, row * stride, length))
                    .as("dot, dimension %d",
                            dimension)
                    .isCloseTo(dot, within(magnitude(v[4], v[row])));
            assertThat((double) l2s[row]).as("l2s, dimension %d", dimension).isCloseTo(l2, within(l2));
            assertThat((double) DistanceKernels.squaredL2Row(query, rows, row * stride, length))
                    .as("l2, dimension %d",
                            dimension)
                    .isCloseTo(l2, within(l2));
        }
    }

    @Test
    void aRowScoresTheSameBitForBitInAnyCompany() {
        for (int dimension : new int[]{1, 16, 100, 384}) {
            checkSameInAnyCompany(dimension);
        }
    }

    private void checkSameInAnyCompany(int dimension) {
        int length = DistanceKernels.paddedLength(dimension);
        long stride = 4L * length;
        float[][] v = TestVectors.gaussian(random, 9, dimension);
        MemorySegment rows = Arena.ofAuto().allocate(8 * stride, 64);
        for (int row = 0; row < 8; row++) {
            MemorySegment.copy(v[row], 0, rows, ValueLayout.JAVA_FLOAT, stride * row, dimension);
        }
        float[] query = java.util.Arrays.copyOf(v[8], length);
        float[] alone = new float[4];
        float[] company = new float[4];
        for (int row = 0; row < 8; row++) {
            DistanceKernels.squaredL2Rows(query, rows, row * stride, row * stride, row * stride, row * stride,
                    length,
                    alone);
            DistanceKernels.squaredL2Rows(query, rows, 0, 3 * stride, row * stride, 7 * stride, length,
                    company);
            assertThat(company[2]).isEqualTo(alone[0]).isEqualTo(alone[3]);
            assertThat(DistanceKernels.squaredL2Row(query, rows, row * stride, length)).isEqualTo(alone[0]);
            DistanceKernels.dotRows(query, rows, 0, 3 * stride, row * stride, 7 * stride, length, company);
            assertThat(DistanceKernels.dotRow(query, rows, row * stride, length)).isEqualTo(company[2]);
        }
    }

    private static org.assertj.core.data.Offset<Double> within(double magnitude) {
        return org.assertj.core.data.Offset.offset(TOLERANCE * magnitude + 1e-40);
    }
}
