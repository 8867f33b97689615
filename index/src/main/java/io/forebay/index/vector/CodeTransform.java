package io.forebay.index.vector;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The arithmetic of {@link CodeEncoder} in vector code. The work of a row is about 3 * 384 multiplications
 * and 13 * 512 additions at 384 dimensions, so it pays that none of it is done one by one.
 *
 * <p>Threads: stateless.
 */
final class CodeTransform {

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);
    private static final int LANES = FLOATS.length();
    private static final VectorSpecies<Double> DOUBLES = FLOATS.withLanes(double.class);
    private static final VectorSpecies<Float> HALF_FLOATS = VectorSpecies.of(float.class,
            VectorShape.forBitSize(Math.max(64, FLOATS.vectorBitSize() / 2)));
    private static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class,
            VectorShape.forBitSize(Math.max(64, 8 * LANES)));
    /** With fewer lanes there is no vector of so few bytes. */
    private static final int LANES_OF_BYTES_MIN = 8;
    private static final int CODE_MAX = 63;

    private static final VectorShuffle<Float> SWAP_1 = swap(1);
    private static final VectorShuffle<Float> SWAP_2 = swap(2);
    private static final VectorShuffle<Float> SWAP_4 = swap(4);
    private static final VectorShuffle<Float> SWAP_8 = swap(8);
    private static final FloatVector SIGN_1 = sign(1);
    private static final FloatVector SIGN_2 = sign(2);
    private static final FloatVector SIGN_4 = sign(4);
    private static final FloatVector SIGN_8 = sign(8);

    private CodeTransform() {}

    private static VectorShuffle<Float> swap(int half) {
        return VectorShuffle.fromOp(FLOATS, lane -> half < LANES ? lane ^ half : lane);
    }

    private static FloatVector sign(int half) {
        float[] signs = new float[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            signs[lane] = (lane & half) == 0 ? 1 : -1;
        }
        return FloatVector.fromArray(FLOATS, signs, 0);
    }

    /** In double precision: nothing overflows. */
    static double dot(float[] a, float[] b, int count) {
        DoubleVector sum = DoubleVector.zero(DOUBLES);
        int lanes = DOUBLES.length();
        int i = 0;
        for (; i + lanes <= count; i += lanes) {
            DoubleVector x = (DoubleVector) FloatVector.fromArray(HALF_FLOATS, a, i)
                    .convertShape(VectorOperators.F2D, DOUBLES, 0);
            DoubleVector y = (DoubleVector) FloatVector.fromArray(HALF_FLOATS, b, i)
                    .convertShape(VectorOperators.F2D, DOUBLES, 0);
            sum = x.fma(y, sum);
        }
        double total = sum.reduceLanes(VectorOperators.ADD);
        for (; i < count; i++) {
            total += (double) a[i] * b[i];
        }
        return total;
    }

    /** {@code target = source * factor - centre}. */
    static void centred(float[] source, float factor, float[] centre, float[] target, int count) {
        int i = 0;
        for (; i + LANES <= count; i += LANES) {
            FloatVector.fromArray(FLOATS, source, i).mul(factor)
                    .sub(FloatVector.fromArray(FLOATS, centre, i)).intoArray(target, i);
        }
        for (; i < count; i++) {
            target[i] = source[i] * factor - centre[i];
        }
    }

    /**
     * Signs and a fast Walsh-Hadamard transform of {@code count}, a power of two and at least 64, elements.
     */
    static void rotate(float[] x, int from, int count, float[] signs) {
        insideLanes(x, from, count, signs);
        int half = LANES;
        for (; 4 * half <= count; half *= 4) {
            twoSteps(x, from, count, half);
        }
        if (half < count) {
            step(x, from, count, half);
        }
    }

    private static void insideLanes(float[] x, int from, int count, float[] signs) {
        for (int i = 0; i < count; i += LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, from + i)
                    .mul(FloatVector.fromArray(FLOATS, signs, i));
            v = v.rearrange(SWAP_1).add(v.mul(SIGN_1));
            if (LANES > 2) {
                v = v.rearrange(SWAP_2).add(v.mul(SIGN_2));
            }
            if (LANES > 4) {
                v = v.rearrange(SWAP_4).add(v.mul(SIGN_4));
            }
            if (LANES > 8) {
                v = v.rearrange(SWAP_8).add(v.mul(SIGN_8));
            }
            v.intoArray(x, from + i);
        }
    }

    private static void twoSteps(float[] x, int from, int count, int half) {
        for (int block = from; block < from + count; block += 4 * half) {
            for (int i = block; i < block + half; i += LANES) {
                FloatVector a = FloatVector.fromArray(FLOATS, x, i);
                FloatVector b = FloatVector.fromArray(FLOATS, x, i + half);
                FloatVector c = FloatVector.fromArray(FLOATS, x, i + 2 * half);
                FloatVector d = FloatVector.fromArray(FLOATS, x, i + 3 * half);
                FloatVector ab = a.add(b);
                FloatVector cd = c.add(d);
                a = a.sub(b);
                c = c.sub(d);
                ab.add(cd).intoArray(x, i);
                a.add(c).intoArray(x, i + half);
                ab.sub(cd).intoArray(x, i + 2 * half);
                a.sub(c).intoArray(x, i + 3 * half);
            }
        }
    }

    private static void step(float[] x, int from, int count, int half) {
        for (int block = from; block < from + count; block += 2 * half) {
            for (int i = block; i < block + half; i += LANES) {
                FloatVector a = FloatVector.fromArray(FLOATS, x, i);
                FloatVector b = FloatVector.fromArray(FLOATS, x, i + half);
                a.add(b).intoArray(x, i);
                a.sub(b).intoArray(x, i + half);
            }
        }
    }

    /** Largest absolute value; the length is a multiple of 64. */
    static float max(float[] x) {
        FloatVector max = FloatVector.zero(FLOATS);
        for (int i = 0; i < x.length; i += LANES) {
            max = max.max(FloatVector.fromArray(FLOATS, x, i).abs());
        }
        return max.reduceLanes(VectorOperators.MAX);
    }

    /**
     * {@code codes = round(x * factor)}, from -63 to 63 whatever x holds; the length is a multiple of 64.
     *
     * @return the sum of the codes below, above it the sum of their squares
     */
    static long quantise(float[] x, float factor, byte[] codes) {
        IntVector sum = IntVector.zero(INTS);
        IntVector squares = IntVector.zero(INTS);
        for (int i = 0; i < x.length; i += LANES) {
            // Rounds to nearest by cutting off: the sum is never negative.
            IntVector code = ((IntVector) FloatVector.fromArray(FLOATS, x, i).mul(factor).add(64.5f)
                    .convertShape(VectorOperators.F2I, INTS, 0)).sub(64).max(-CODE_MAX).min(CODE_MAX);
            sum = sum.add(code);
            squares = squares.add(code.mul(code));
            if (LANES >= LANES_OF_BYTES_MIN) {
                ((ByteVector) code.convertShape(VectorOperators.I2B, BYTES, 0)).intoArray(codes, i);
            } else {
                for (int lane = 0; lane < LANES; lane++) {
                    codes[i + lane] = (byte) code.lane(lane);
                }
            }
        }
        return (long) squares.reduceLanes(VectorOperators.ADD) << 32
                | sum.reduceLanes(VectorOperators.ADD) & 0xffff_ffffL;
    }
}
