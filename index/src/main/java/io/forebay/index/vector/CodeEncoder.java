package io.forebay.index.vector;

import io.forebay.model.Space;
import java.util.Random;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Turns vectors into codes of 7 bits: the vector minus a centre, rotated, divided by its own largest element.
 *
 * <p>The rotation (random signs and fast Hadamard transforms over the first and the last power of two of the
 * elements, twice) spreads every vector evenly over its elements, so that a few large dimensions do not
 * swallow the precision of the others; it is that of RaBitQ's library (Gao and Long, SIGMOD 2024, and its
 * later "FhtKac" rotator). The centre keeps an offset common to all vectors out of the codes. Each row has
 * its own scale, so vectors of any magnitude keep their precision and nothing has to be trained for it.
 *
 * <p>Distances: for {@code l2} and {@code cosine} of the decoded vectors, so that equal rows are at distance 0
 * and near rows are ordered well; cosine is half the squared Euclidean distance of the unit vectors. For
 * {@code ip} the negative dot product (the constant 1 orders nothing), with the centre's part exact.
 *
 * <p>Threads: immutable; {@link Scratch} belongs to one thread.
 */
final class CodeEncoder {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final long SEED = 0x464f524542415931L;
    private static final int ROUNDS = 4;
    private static final float CODE_MAX = 63;
    /** Squares beyond this would not stay finite when added. */
    private static final double ADD_MAX = 1e37;
    private static final float SCALE_MAX = 1e18f;

    private final Space space;
    private final int dimension;
    private final int length;
    private final int power;
    private final float[] centre;
    private final double unit;
    private final float[][] signs = new float[ROUNDS][];

    /** Buffers of one thread. */
    static final class Scratch {
        private float[] vector = new float[0];

        private float[] vector(int length) {
            if (vector.length != length) {
                vector = new float[length];
            }
            java.util.Arrays.fill(vector, 0);
            return vector;
        }
    }

    /**
     * @param centre subtracted from every vector (of unit length for cosine); {@code dimension} elements
     * @param unit every element is multiplied by this, so that squares of usual vectors are usual numbers
     */
    CodeEncoder(Space space, int dimension, float[] centre, double unit) {
        this.space = space;
        this.dimension = dimension;
        this.length = CodeKernels.paddedLength(dimension);
        this.power = Integer.highestOneBit(length);
        this.centre = centre;
        this.unit = unit;
        Random random = new Random(SEED);
        for (int round = 0; round < ROUNDS; round++) {
            signs[round] = new float[power];
            float factor = (float) (1 / Math.sqrt(power));
            for (int i = 0; i < power; i++) {
                signs[round][i] = random.nextBoolean() ? factor : -factor;
            }
        }
    }

    /** Bytes of a row of codes. */
    int length() {
        return length;
    }

    /** Fills {@code target} with what {@code source} (its first {@code dimension} elements) stands for. */
    void encode(float[] source, CodeQuery target, Scratch scratch) {
        float[] x = scratch.vector(length);
        double norm = norm(source);
        boolean zero = norm == 0;
        double factor = space == Space.COSINE ? zero ? 0 : 1 / norm : unit;
        double withCentre = 0;
        for (int i = 0; i < dimension; i++) {
            double value = source[i] * factor;
            withCentre += value * centre[i];
            x[i] = (float) (value - centre[i]);
        }
        rotate(x);
        quantise(x, target);
        finish(target, zero, withCentre);
    }

    Space space() {
        return space;
    }

    /** What elements are multiplied by before they are encoded. */
    double unit() {
        return unit;
    }

    private double norm(float[] source) {
        return space == Space.COSINE ? Math.sqrt(ScalarKernels.dot(source, source, dimension)) : 1;
    }

    private void quantise(float[] x, CodeQuery target) {
        target.reset(length);
        float max = 0;
        for (float value : x) {
            max = Math.max(max, Math.abs(value));
        }
        target.scale = Math.min(SCALE_MAX, max / CODE_MAX);
        if (max > 0) {
            float inverse = CODE_MAX / max;
            for (int i = 0; i < length; i++) {
                // Rounds to nearest without a call: the sum is never negative.
                target.codes[i] = (byte) ((int) (x[i] * inverse + 64.5f) - 64);
            }
        }
        target.finish();
    }

    private void finish(CodeQuery target, boolean zero, double withCentre) {
        long square = 0;
        for (byte code : target.codes) {
            square += (long) code * code;
        }
        double squared = (double) target.scale * target.scale * square;
        target.squared = squared;
        switch (space) {
            case L2 -> {
                target.add = (float) Math.min(ADD_MAX, squared);
                target.scale *= (float) Math.sqrt(2);
            }
            // A zero vector is at distance 1 from every unit vector, not at the half that the formula gives.
            case COSINE -> target.add = (float) (squared / 2 + (zero ? 0.5 : 0));
            case IP -> target.add = (float) (0.5 * centreSquared() - withCentre);
        }
    }

    private double centreSquared() {
        return ScalarKernels.dot(centre, centre, dimension);
    }

    /** In place; keeps lengths and angles. */
    private void rotate(float[] x) {
        for (int round = 0; round < ROUNDS; round++) {
            int from = (round & 1) == 0 ? 0 : length - power;
            float[] sign = signs[round];
            for (int i = 0; i < power; i++) {
                x[from + i] *= sign[i];
            }
            hadamard(x, from, power);
        }
    }

    /** Fast Walsh-Hadamard transform of {@code count}, a power of two and at least 64, elements. */
    private static void hadamard(float[] x, int from, int count) {
        int lanes = SPECIES.length();
        for (int half = 1; half < lanes; half <<= 1) {
            for (int block = from; block < from + count; block += 2 * half) {
                for (int i = block; i < block + half; i++) {
                    float a = x[i];
                    float b = x[i + half];
                    x[i] = a + b;
                    x[i + half] = a - b;
                }
            }
        }
        for (int half = lanes; half < count; half <<= 1) {
            for (int block = from; block < from + count; block += 2 * half) {
                for (int i = block; i < block + half; i += lanes) {
                    FloatVector a = FloatVector.fromArray(SPECIES, x, i);
                    FloatVector b = FloatVector.fromArray(SPECIES, x, i + half);
                    a.add(b).intoArray(x, i);
                    a.lanewise(VectorOperators.SUB, b).intoArray(x, i + half);
                }
            }
        }
    }

    /** An encoder for vectors like these: their mean is the centre. */
    static CodeEncoder trained(Space space, int dimension, Iterable<float[]> sample) {
        double[] sum = new double[dimension];
        double squares = 0;
        int count = 0;
        for (float[] vector : sample) {
            double square = ScalarKernels.dot(vector, vector, dimension);
            double factor = space != Space.COSINE ? 1 : square == 0 ? 0 : 1 / Math.sqrt(square);
            for (int i = 0; i < dimension; i++) {
                sum[i] += vector[i] * factor;
            }
            squares += square;
            count++;
        }
        float[] centre = new float[dimension];
        double unit = unit(space, count == 0 ? 0 : squares / count);
        if (count >= CENTRE_SAMPLE_MIN) {
            for (int i = 0; i < dimension; i++) {
                centre[i] = (float) (sum[i] / count * unit);
            }
        }
        return new CodeEncoder(space, dimension, centre, unit);
    }

    /** The mean of fewer vectors says little about the next. */
    static final int CENTRE_SAMPLE_MIN = 64;

    /** A power of two, so that it costs no precision. */
    private static double unit(Space space, double meanSquare) {
        if (space == Space.COSINE || !(meanSquare > 0) || Double.isInfinite(meanSquare)) {
            return 1;
        }
        return Math.scalb(1.0, -Math.getExponent(Math.sqrt(meanSquare)));
    }
}
