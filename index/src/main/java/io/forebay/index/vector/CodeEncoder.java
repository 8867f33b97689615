package io.forebay.index.vector;

import io.forebay.model.Space;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

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

    private static final long SEED = 0x464f524542415931L;
    private static final int ROUNDS = 4;
    private static final float CODE_MAX = 63;
    /** Squares beyond this would not stay finite when added. */
    private static final double ADD_MAX = 1e37;
    private static final float SCALE_MAX = 1e18f;
    /** Of an element; its row gets {@link #SCALE_MAX}. */
    private static final double HUGE = 1e30;
    /** Rows with nothing larger are zero; the quotient would not be finite. */
    private static final float MAX_MIN = 1e-36f;
    /** Beyond this a factor is not sure to be a float. */
    private static final double FACTOR_MAX = 1e38;

    /** By their number, the same for every encoder: thousands of small collections would pay for their own. */
    private static final ConcurrentHashMap<Integer, float[][]> SIGNS = new ConcurrentHashMap<>();
    /** Likewise, by dimension: what is subtracted where there is nothing to learn from. */
    private static final ConcurrentHashMap<Integer, float[]> NO_CENTRE = new ConcurrentHashMap<>();

    private final Space space;
    private final int dimension;
    private final int length;
    private final int power;
    private final float[] centre;
    private final double unit;
    private final double centreSquared;
    private final float[][] signs;

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
        this.centreSquared = CodeTransform.dot(centre, centre, dimension);
        this.signs = SIGNS.computeIfAbsent(power, CodeEncoder::signs);
    }

    private static float[][] signs(int power) {
        float[][] made = new float[ROUNDS][power];
        Random random = new Random(SEED);
        float factor = (float) (1 / Math.sqrt(power));
        for (float[] round : made) {
            for (int i = 0; i < power; i++) {
                round[i] = random.nextBoolean() ? factor : -factor;
            }
        }
        return made;
    }

    /** Bytes of a row of codes. */
    int length() {
        return length;
    }

    boolean isInnerProduct() {
        return space == Space.IP;
    }

    /** Fills {@code target} with what {@code source} (its first {@code dimension} elements) stands for. */
    void encode(float[] source, CodeQuery target, Scratch scratch) {
        float[] x = scratch.vector(length);
        double norm = space == Space.COSINE ? Math.sqrt(CodeTransform.dot(source, source, dimension)) : 1;
        boolean zero = norm == 0;
        double factor = space == Space.COSINE ? zero ? 0 : 1 / norm : unit;
        if (factor == 0 || factor >= Float.MIN_NORMAL && factor <= FACTOR_MAX) {
            CodeTransform.centred(source, (float) factor, centre, x, dimension);
        } else {
            for (int i = 0; i < dimension; i++) {
                x[i] = (float) (source[i] * factor - centre[i]);
            }
        }
        rotate(x);
        float max = CodeTransform.max(x);
        if (!Float.isFinite(max)) {
            directionOf(source, x);
            rotate(x);
            max = CodeTransform.max(x);
        }
        double withCentre = space == Space.IP ? factor * CodeTransform.dot(source, centre, dimension) : 0;
        quantise(x, max, target, zero, withCentre);
    }

    /** Where sums do not fit a float: its length is cut off anyway, the centre does not count beside it. */
    private void directionOf(float[] source, float[] x) {
        double largest = 0;
        for (int i = 0; i < dimension; i++) {
            largest = Math.max(largest, Math.abs(source[i]));
        }
        for (int i = 0; i < x.length; i++) {
            x[i] = i < dimension ? (float) (source[i] / largest * HUGE) : 0;
        }
    }

    Space space() {
        return space;
    }

    /** What elements are multiplied by before they are encoded. */
    double unit() {
        return unit;
    }

    private void quantise(float[] x, float max, CodeQuery target, boolean zero, double withCentre) {
        target.reset(length);
        target.scale = Math.min(SCALE_MAX, max / CODE_MAX);
        long sums = max > MAX_MIN ? CodeTransform.quantise(x, CODE_MAX / max, target.codes) : 0;
        target.bias = CodeKernels.OFFSET * (int) sums;
        double squared = (double) target.scale * target.scale * (sums >> 32);
        target.squared = squared;
        switch (space) {
            case L2 -> {
                target.add = (float) Math.min(ADD_MAX, squared);
                target.scale *= (float) Math.sqrt(2);
            }
            // A zero vector is at distance 1 from every unit vector, not at the half that the formula gives.
            case COSINE -> target.add = (float) (squared / 2 + (zero ? 0.5 : 0));
            case IP -> target.add = (float) Math.clamp(0.5 * centreSquared - withCentre, -ADD_MAX, ADD_MAX);
        }
    }

    /** In place; keeps lengths and angles. */
    private void rotate(float[] x) {
        for (int round = 0; round < ROUNDS; round++) {
            int from = (round & 1) == 0 ? 0 : length - power;
            CodeTransform.rotate(x, from, power, signs[round]);
        }
    }

    /**
     * An encoder for vectors like these: their mean is the centre, if that is nearer to them than the origin.
     * Zero vectors (of texts without a word, of rows that are not there) have no say in it.
     */
    static CodeEncoder trained(Space space, int dimension, Iterable<float[]> sample) {
        double[] sum = new double[dimension];
        long exponents = 0;
        int count = 0;
        for (float[] vector : sample) {
            double square = ScalarKernels.dot(vector, vector, dimension);
            if (square == 0) {
                continue;
            }
            double factor = factor(space, square);
            for (int i = 0; i < dimension; i++) {
                sum[i] += vector[i] * factor;
            }
            exponents += Math.getExponent(Math.sqrt(square));
            count++;
        }
        double unit = count == 0 || space == Space.COSINE
                ? 1
                : unit((int) Math.round((double) exponents / count));
        float[] none = NO_CENTRE.computeIfAbsent(dimension, float[]::new);
        float[] centre = none;
        if (count >= CENTRE_SAMPLE_MIN) {
            centre = new float[dimension];
            for (int i = 0; i < dimension; i++) {
                centre[i] = (float) (sum[i] / count * unit);
            }
            if (!isNearer(centre, space, unit, sample)) {
                centre = none;
            }
        }
        return new CodeEncoder(space, dimension, centre, unit);
    }

    private static double factor(Space space, double square) {
        return space != Space.COSINE ? 1 : 1 / Math.sqrt(square);
    }

    /**
     * Whether the vectors are shorter without the centre, each measured by its own length: among vectors of all
     * magnitudes the mean is that of the long ones, and would take all precision from the short.
     */
    private static boolean isNearer(float[] centre, Space space, double unit, Iterable<float[]> sample) {
        double gain = 0;
        for (float[] vector : sample) {
            double square = ScalarKernels.dot(vector, vector, centre.length);
            if (square == 0) {
                continue;
            }
            double factor = factor(space, square) * unit;
            double left = 0;
            for (int i = 0; i < centre.length; i++) {
                double difference = vector[i] * factor - centre[i];
                left += difference * difference;
            }
            double whole = square * factor * factor;
            gain += Math.log((whole + Double.MIN_NORMAL) / (left + Double.MIN_NORMAL));
        }
        return gain > 0;
    }

    /** The mean of fewer vectors says little about the next. */
    static final int CENTRE_SAMPLE_MIN = 64;

    /**
     * A power of two, so that it costs no precision; by the mean exponent, because a single huge vector would
     * make of the mean length one by which all others vanish.
     */
    private static double unit(int exponent) {
        return Math.scalb(1.0, -exponent);
    }
}
