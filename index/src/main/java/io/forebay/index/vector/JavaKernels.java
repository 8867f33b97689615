package io.forebay.index.vector;

import java.lang.ref.Reference;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * What {@link CodeKernels} promises, with the Vector API: for machines that {@link NativeKernels} is not made for. Bytes are
 * widened to shorts, multiplied and added up; four rows at a time share what is loaded of the query.
 *
 * <p>Threads: stateless.
 */
final class JavaKernels {

    private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED.length() > 32
            ? ShortVector.SPECIES_512
            : ShortVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class,
            VectorShape.forBitSize(SHORTS.vectorBitSize() / 2));
    private static final VectorSpecies<Integer> INTS = SHORTS.withLanes(int.class)
            .withShape(SHORTS.vectorShape());
    private static final int LANES = SHORTS.length();
    /** The sum of so many products of 127 and 63 fits a short. */
    private static final int SUMS_MAX = 4;
    private static final int ROWS = 4;

    private JavaKernels() {}

    /** As {@link CodeKernels#distances}. */
    static void distances(CodeQuery query, CodeRows rows, int[] ordinals, int count, float[] out) {
        short[] codes = query.wide();
        int length = rows.length();
        int[] dots = query.dots;
        for (int i = 0; i < count; i += ROWS) {
            // The last call may have fewer rows: the first stands in for the missing ones.
            long first = rows.address(ordinals[i]);
            long second = i + 1 < count ? rows.address(ordinals[i + 1]) : first;
            long third = i + 2 < count ? rows.address(ordinals[i + 2]) : first;
            long fourth = i + 3 < count ? rows.address(ordinals[i + 3]) : first;
            dots(codes, first, second, third, fourth, length, dots);
            for (int j = 0; j < ROWS && i + j < count; j++) {
                int ordinal = ordinals[i + j];
                out[i + j] = (query.add + rows.add(ordinal))
                        - (query.scale * rows.scale(ordinal)) * (dots[j] - query.bias);
            }
        }
        Reference.reachabilityFence(rows);
    }

    private static void dots(short[] query, long a, long b, long c, long d, int length, int[] out) {
        IntVector totalA = IntVector.zero(INTS);
        IntVector totalB = totalA;
        IntVector totalC = totalA;
        IntVector totalD = totalA;
        for (int from = 0; from < length; from += SUMS_MAX * LANES) {
            ShortVector q = ShortVector.fromArray(SHORTS, query, from);
            ShortVector sumA = q.mul(load(a + from));
            ShortVector sumB = q.mul(load(b + from));
            ShortVector sumC = q.mul(load(c + from));
            ShortVector sumD = q.mul(load(d + from));
            int end = Math.min(length, from + SUMS_MAX * LANES);
            for (int i = from + LANES; i < end; i += LANES) {
                q = ShortVector.fromArray(SHORTS, query, i);
                sumA = sumA.add(q.mul(load(a + i)));
                sumB = sumB.add(q.mul(load(b + i)));
                sumC = sumC.add(q.mul(load(c + i)));
                sumD = sumD.add(q.mul(load(d + i)));
            }
            totalA = totalA.add(pairs(sumA));
            totalB = totalB.add(pairs(sumB));
            totalC = totalC.add(pairs(sumC));
            totalD = totalD.add(pairs(sumD));
        }
        out[0] = totalA.reduceLanes(VectorOperators.ADD);
        out[1] = totalB.reduceLanes(VectorOperators.ADD);
        out[2] = totalC.reduceLanes(VectorOperators.ADD);
        out[3] = totalD.reduceLanes(VectorOperators.ADD);
    }

    /** Sums of neighbouring shorts. */
    private static IntVector pairs(ShortVector sums) {
        IntVector pairs = sums.reinterpretAsInts();
        return pairs.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16)
                .add(pairs.lanewise(VectorOperators.ASHR, 16));
    }

    private static ShortVector load(long address) {
        return (ShortVector) ByteVector.fromMemorySegment(BYTES, Memory.ALL, address, Memory.ORDER)
                .convertShape(VectorOperators.B2S, SHORTS, 0);
    }

    /** Turns a stored row into what it stands for; returns the sum. */
    static int decode(long row, byte[] target) {
        IntVector total = IntVector.zero(INTS);
        for (int from = 0; from < target.length; from += LANES) {
            ByteVector codes = ByteVector.fromMemorySegment(BYTES, Memory.ALL, row + from, Memory.ORDER)
                    .sub((byte) CodeKernels.OFFSET);
            codes.intoArray(target, from);
            total = total.add(pairs((ShortVector) codes.convertShape(VectorOperators.B2S, SHORTS, 0)));
        }
        return total.reduceLanes(VectorOperators.ADD);
    }

    static void widen(byte[] codes, short[] target) {
        for (int from = 0; from < codes.length; from += LANES) {
            ((ShortVector) ByteVector.fromArray(BYTES, codes, from)
                    .convertShape(VectorOperators.B2S, SHORTS, 0)).intoArray(target, from);
        }
    }
}
