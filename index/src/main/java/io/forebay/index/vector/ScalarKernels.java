package io.forebay.index.vector;

/**
 * The scalar twin of {@link DistanceKernels}: what the tests compare with, and the way out where 32 bits are
 * not enough. Sums are kept in double precision: for finite input they neither overflow nor lose a zero.
 * Rows are absolute addresses, as there.
 */
public final class ScalarKernels {

    private ScalarKernels() {}

    public static double dot(float[] a, float[] b, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    public static double squaredL2(float[] a, float[] b, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            double d = (double) a[i] - b[i];
            sum += d * d;
        }
        return sum;
    }

    public static double dotRow(float[] query, long row, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (double) query[i] * Memory.ALL.get(Memory.FLOAT, row + ((long) i << 2));
        }
        return sum;
    }

    public static double squaredL2Row(float[] query, long row, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            double d = (double) query[i] - Memory.ALL.get(Memory.FLOAT, row + ((long) i << 2));
            sum += d * d;
        }
        return sum;
    }

    public static double norm2Row(long row, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            double value = Memory.ALL.get(Memory.FLOAT, row + ((long) i << 2));
            sum += value * value;
        }
        return sum;
    }
}
