package io.forebay.index.vector;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Dot product and squared Euclidean distance of float32 vectors with the Vector API.
 *
 * <p>Two families. The array kernels take any length; one call is one distance, four accumulators hide the
 * latency of the multiply-add. The row kernels read rows at absolute addresses, which nothing checks and whose
 * owner the caller keeps reachable; both sides are padded with zeros to a multiple of {@link #PAD_FLOATS}, so
 * that there is no remainder. Four rows in one call are up to twice as fast when the rows lie scattered,
 * because their cache misses overlap; one row in a call is twice as fast when the rows follow one another in
 * memory, because four streams at once confuse the prefetcher. For cosine the squared norm of a row comes with
 * its dot product from the one pass over it, so nobody needs to keep norms.
 *
 * <p>Threads: stateless.
 *
 * <p>Invariants: the result for a row does not depend on the other three rows of the call, bit for bit, so a
 * row that is scored twice always gets the same distance; {@link ScalarKernels} agrees within the tolerance
 * that its test states.
 */
public final class DistanceKernels {

    /** Rows and queries are padded to a multiple of this: 64 bytes, one cache line, one 512-bit vector. */
    public static final int PAD_FLOATS = 16;

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED.length() > PAD_FLOATS
            ? FloatVector.SPECIES_512
            : FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final VectorShuffle<Float> BY_8 = rotation(8);
    private static final VectorShuffle<Float> BY_4 = rotation(4);
    private static final VectorShuffle<Float> BY_2 = rotation(2);
    private static final VectorShuffle<Float> BY_1 = rotation(1);
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private DistanceKernels() {}

    /** Of the vectors that the kernels work with. */
    static int bits() {
        return LANES * Float.SIZE;
    }

    /** Length in floats of a padded vector of this dimension. */
    public static int paddedLength(int dimension) {
        return (dimension + PAD_FLOATS - 1) & -PAD_FLOATS;
    }

    /** Dot product of the first {@code length} elements. */
    public static float dot(float[] a, float[] b, int length) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        int i = 0;
        for (int end = length - 4 * LANES; i <= end; i += 4 * LANES) {
            s0 = load(a, i).fma(load(b, i), s0);
            s1 = load(a, i + LANES).fma(load(b, i + LANES), s1);
            s2 = load(a, i + 2 * LANES).fma(load(b, i + 2 * LANES), s2);
            s3 = load(a, i + 3 * LANES).fma(load(b, i + 3 * LANES), s3);
        }
        for (int end = length - LANES; i <= end; i += LANES) {
            s0 = load(a, i).fma(load(b, i), s0);
        }
        float sum = sum(s0.add(s1).add(s2.add(s3)));
        for (; i < length; i++) {
            sum = Math.fma(a[i], b[i], sum);
        }
        return sum;
    }

    /** Sum of the squared differences of the first {@code length} elements. */
    public static float squaredL2(float[] a, float[] b, int length) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        int i = 0;
        for (int end = length - 4 * LANES; i <= end; i += 4 * LANES) {
            FloatVector d0 = load(a, i).sub(load(b, i));
            FloatVector d1 = load(a, i + LANES).sub(load(b, i + LANES));
            FloatVector d2 = load(a, i + 2 * LANES).sub(load(b, i + 2 * LANES));
            FloatVector d3 = load(a, i + 3 * LANES).sub(load(b, i + 3 * LANES));
            s0 = d0.fma(d0, s0);
            s1 = d1.fma(d1, s1);
            s2 = d2.fma(d2, s2);
            s3 = d3.fma(d3, s3);
        }
        for (int end = length - LANES; i <= end; i += LANES) {
            FloatVector d = load(a, i).sub(load(b, i));
            s0 = d.fma(d, s0);
        }
        float sum = sum(s0.add(s1).add(s2.add(s3)));
        for (; i < length; i++) {
            float d = a[i] - b[i];
            sum = Math.fma(d, d, sum);
        }
        return sum;
    }

    /**
     * Dot products of {@code query} with the four rows that begin at these addresses.
     *
     * @param length padded length in floats, a multiple of {@link #PAD_FLOATS}
     * @param out receives the four results
     */
    public static void dotRows(float[] query, long r0, long r1, long r2, long r3, int length,
            float[] out) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int i = 0; i < length; i += LANES) {
            FloatVector q = load(query, i);
            s0 = q.fma(load(r0, i), s0);
            s1 = q.fma(load(r1, i), s1);
            s2 = q.fma(load(r2, i), s2);
            s3 = q.fma(load(r3, i), s3);
        }
        reduce(s0, s1, s2, s3, out);
    }

    /** Squared Euclidean distances of {@code query} from four rows; parameters as for {@link #dotRows}. */
    public static void squaredL2Rows(float[] query, long r0, long r1, long r2, long r3, int length,
            float[] out) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int i = 0; i < length; i += LANES) {
            FloatVector q = load(query, i);
            FloatVector d0 = q.sub(load(r0, i));
            FloatVector d1 = q.sub(load(r1, i));
            FloatVector d2 = q.sub(load(r2, i));
            FloatVector d3 = q.sub(load(r3, i));
            s0 = d0.fma(d0, s0);
            s1 = d1.fma(d1, s1);
            s2 = d2.fma(d2, s2);
            s3 = d3.fma(d3, s3);
        }
        reduce(s0, s1, s2, s3, out);
    }

    /** Dot product of {@code query} with one row, the same to the bit as {@link #dotRows} gives. */
    public static float dotRow(float[] query, long row, int length) {
        FloatVector s = FloatVector.zero(SPECIES);
        int i = 0;
        for (int end = length - 4 * LANES; i <= end; i += 4 * LANES) {
            s = load(query, i).fma(load(row, i), s);
            s = load(query, i + LANES).fma(load(row, i + LANES), s);
            s = load(query, i + 2 * LANES).fma(load(row, i + 2 * LANES), s);
            s = load(query, i + 3 * LANES).fma(load(row, i + 3 * LANES), s);
        }
        for (; i < length; i += LANES) {
            s = load(query, i).fma(load(row, i), s);
        }
        return sum(s);
    }

    /**
     * Squared Euclidean distance of {@code query} from one row, the same to the bit as {@link
     * #squaredL2Rows}.
     */
    public static float squaredL2Row(float[] query, long row, int length) {
        FloatVector s = FloatVector.zero(SPECIES);
        int i = 0;
        for (int end = length - 4 * LANES; i <= end; i += 4 * LANES) {
            FloatVector d0 = load(query, i).sub(load(row, i));
            FloatVector d1 = load(query, i + LANES).sub(load(row, i + LANES));
            FloatVector d2 = load(query, i + 2 * LANES).sub(load(row, i + 2 * LANES));
            FloatVector d3 = load(query, i + 3 * LANES).sub(load(row, i + 3 * LANES));
            s = d3.fma(d3, d2.fma(d2, d1.fma(d1, d0.fma(d0, s))));
        }
        for (; i < length; i += LANES) {
            FloatVector d = load(query, i).sub(load(row, i));
            s = d.fma(d, s);
        }
        return sum(s);
    }

    /**
     * As {@link #dotRows}, and the squared norms of the four rows; both the same to the bit as {@link
     * #dotAndNormRow} gives, and the products also as {@link #dotRow}.
     *
     * @param out receives the four products, then the four squared norms
     */
    public static void dotAndNormRows(float[] query, long r0, long r1, long r2, long r3, int length,
            float[] out) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        FloatVector n0 = s0;
        FloatVector n1 = s0;
        FloatVector n2 = s0;
        FloatVector n3 = s0;
        for (int i = 0; i < length; i += LANES) {
            FloatVector q = load(query, i);
            FloatVector v0 = load(r0, i);
            FloatVector v1 = load(r1, i);
            FloatVector v2 = load(r2, i);
            FloatVector v3 = load(r3, i);
            s0 = q.fma(v0, s0);
            s1 = q.fma(v1, s1);
            s2 = q.fma(v2, s2);
            s3 = q.fma(v3, s3);
            n0 = v0.fma(v0, n0);
            n1 = v1.fma(v1, n1);
            n2 = v2.fma(v2, n2);
            n3 = v3.fma(v3, n3);
        }
        reduce(s0, s1, s2, s3, out);
        out[4] = sum(n0);
        out[5] = sum(n1);
        out[6] = sum(n2);
        out[7] = sum(n3);
    }

    /**
     * Dot product of {@code query} with one row, and the row's squared norm.
     *
     * @param out receives the product at 0 and the squared norm at 4, where {@link #dotAndNormRows} has them
     */
    public static void dotAndNormRow(float[] query, long row, int length, float[] out) {
        FloatVector s = FloatVector.zero(SPECIES);
        FloatVector n = s;
        int i = 0;
        for (int end = length - 4 * LANES; i <= end; i += 4 * LANES) {
            FloatVector v0 = load(row, i);
            FloatVector v1 = load(row, i + LANES);
            FloatVector v2 = load(row, i + 2 * LANES);
            FloatVector v3 = load(row, i + 3 * LANES);
            s = load(query, i).fma(v0, s);
            n = v0.fma(v0, n);
            s = load(query, i + LANES).fma(v1, s);
            n = v1.fma(v1, n);
            s = load(query, i + 2 * LANES).fma(v2, s);
            n = v2.fma(v2, n);
            s = load(query, i + 3 * LANES).fma(v3, s);
            n = v3.fma(v3, n);
        }
        for (; i < length; i += LANES) {
            FloatVector v = load(row, i);
            s = load(query, i).fma(v, s);
            n = v.fma(v, n);
        }
        out[0] = sum(s);
        out[4] = sum(n);
    }

    private static void reduce(FloatVector s0, FloatVector s1, FloatVector s2, FloatVector s3, float[] out) {
        out[0] = sum(s0);
        out[1] = sum(s1);
        out[2] = sum(s2);
        out[3] = sum(s3);
    }

    /**
     * Sum of the lanes by halving. The library's own reduction adds in another order once it is compiled, so
     * the same row would change its distance in the last bit while a search runs.
     */
    private static float sum(FloatVector v) {
        FloatVector folded = v;
        if (LANES >= 16) {
            folded = folded.add(folded.rearrange(BY_8));
        }
        if (LANES >= 8) {
            folded = folded.add(folded.rearrange(BY_4));
        }
        if (LANES >= 4) {
            folded = folded.add(folded.rearrange(BY_2));
        }
        if (LANES >= 2) {
            folded = folded.add(folded.rearrange(BY_1));
        }
        return folded.lane(0);
    }

    private static VectorShuffle<Float> rotation(int lanes) {
        return VectorShuffle.iota(SPECIES, lanes % LANES, 1, true);
    }

    private static FloatVector load(float[] array, int index) {
        return FloatVector.fromArray(SPECIES, array, index);
    }

    private static FloatVector load(long row, int index) {
        return FloatVector.fromMemorySegment(SPECIES, Memory.ALL, row + ((long) index << 2), ORDER);
    }
}
