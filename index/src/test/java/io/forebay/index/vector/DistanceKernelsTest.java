package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
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
        long stride = 4L * length;
        long base = rows(v, 4, stride);
        float[] dots = new float[4];
        float[] l2s = new float[4];
        float[] both = new float[8];
        DistanceKernels.dotRows(query, base, base + stride, base + 2 * stride, base + 3 * stride, length,
                dots);
        DistanceKernels.squaredL2Rows(query, base, base + stride, base + 2 * stride, base + 3 * stride,
                length, l2s);
        DistanceKernels.dotAndNormRows(query, base, base + stride, base + 2 * stride, base + 3 * stride,
                length, both);
        for (int row = 0; row < 4; row++) {
            long at = base + row * stride;
            double dot = ScalarKernels.dotRow(query, at, length);
            double l2 = ScalarKernels.squaredL2Row(query, at, length);
            double norm2 = ScalarKernels.norm2Row(at, length);
            String what = "row %d, dimension %d".formatted(row, dimension);
            assertThat(dot)
                    .isEqualTo(ScalarKernels.dot(query, java.util.Arrays.copyOf(v[row], length), length));
            Offset<Double> ofDot = within(magnitude(v[4], v[row]));
            assertThat((double) dots[row]).as(what).isCloseTo(dot, ofDot);
            assertThat((double) both[row]).as(what).isCloseTo(dot, ofDot);
            assertThat((double) DistanceKernels.dotRow(query, at, length)).as(what).isCloseTo(dot, ofDot);
            assertThat((double) l2s[row]).as(what).isCloseTo(l2, within(l2));
            assertThat((double) DistanceKernels.squaredL2Row(query, at, length)).as(what).isCloseTo(l2,
                    within(l2));
            assertThat((double) both[4 + row]).as(what).isCloseTo(norm2, within(norm2));
        }
    }

    /** Copies the first vectors one behind the other and returns where; lives as long as the process. */
    private static long rows(float[][] v, int count, long stride) {
        MemorySegment rows = Arena.global().allocate(count * stride, 64);
        for (int row = 0; row < count; row++) {
            MemorySegment.copy(v[row], 0, rows, ValueLayout.JAVA_FLOAT, stride * row, v[row].length);
        }
        return rows.address();
    }

    @Test
    void aRowScoresTheSameBitForBitInAnyCompany() {
        for (int dimension : new int[]{1, 16, 17, 63, 64, 65, 100, 384, 390}) {
            checkSameInAnyCompany(dimension);
        }
    }

    private void checkSameInAnyCompany(int dimension) {
        int length = DistanceKernels.paddedLength(dimension);
        long stride = 4L * length;
        float[][] v = TestVectors.gaussian(random, 9, dimension);
        long base = rows(v, 8, stride);
        long three = base + 3 * stride;
        long seven = base + 7 * stride;
        float[] query = java.util.Arrays.copyOf(v[8], length);
        float[] alone = new float[8];
        float[] company = new float[8];
        for (int row = 0; row < 8; row++) {
            long at = base + row * stride;
            DistanceKernels.squaredL2Rows(query, at, at, at, at, length, alone);
            DistanceKernels.squaredL2Rows(query, base, three, at, seven, length, company);
            assertThat(company[2]).isEqualTo(alone[0]).isEqualTo(alone[3]);
            assertThat(DistanceKernels.squaredL2Row(query, at, length)).isEqualTo(alone[0]);
            DistanceKernels.dotRows(query, base, three, at, seven, length, company);
            float dot = company[2];
            assertThat(DistanceKernels.dotRow(query, at, length)).isEqualTo(dot);
            DistanceKernels.dotAndNormRows(query, base, three, at, seven, length, company);
            DistanceKernels.dotAndNormRow(query, at, length, alone);
            assertThat(company[2]).isEqualTo(alone[0]).isEqualTo(dot);
            assertThat(company[6]).isEqualTo(alone[4]);
        }
    }

    private static Offset<Double> within(double magnitude) {
        return Offset.offset(TOLERANCE * magnitude + 1e-40);
    }
}
