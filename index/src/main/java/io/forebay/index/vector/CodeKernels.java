package io.forebay.index.vector;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Distances between codes: of a query from many rows, and of one row from many rows.
 *
 * <p>A code is a byte of 1 to 127 that stands for {@code code - 64}. With {@code dot} the sum of the products
 * of what two rows x and y stand for, their distance is {@code (add_x + add_y) - scale_x * scale_y * dot}:
 * {@link CodeEncoder} chooses {@code add} and {@code scale} of a row so that this is the distance of its
 * space. The sum is exact, so the native kernels and these agree to the bit.
 *
 * <p>Threads: stateless.
 */
final class CodeKernels {

    /** Rows are padded to a multiple of this many bytes: a cache line, a 512-bit vector. */
    static final int PAD_BYTES = 64;
    /** Added to every stored code, because the processor multiplies unsigned with signed bytes. */
    static final int OFFSET = 64;

    private static final boolean NATIVE = NativeKernels.available();
    private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED.length() > 32
            ? ShortVector.SPECIES_512
            : ShortVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class,
            VectorShape.forBitSize(SHORTS.vectorBitSize() / 2));
    private static final VectorSpecies<Integer> INTS = SHORTS.withLanes(int.class)
            .withShape(SHORTS.vectorShape());
    private static final int LANES = SHORTS.length();
    /** So many products of 127 and 63 fit into a short. */
    private static final int SUMS_MAX = 4;

    private CodeKernels() {}

    static int paddedLength(int dimension) {
        return (dimension + PAD_BYTES - 1) & -PAD_BYTES;
    }

    /** Distances of the query from the rows named by the first {@code count} of {@code ordinals}. */
    static void distances(CodeQuery query, CodeRows rows, int[] ordinals, int count, float[] out) {
        if (count == 0) {
            return;
        }
        if (NATIVE) {
            NativeKernels.distances(query.codes, query.add, query.scale, query.bias, rows.chunks(), ordinals,
                    count,
                    rows.length(), out);
        } else {
            inJava(query, rows, ordinals, count, out);
        }
    }

    /**
     * Visits what a row of links names: those not visited before, and having a code, are put into the scratch's
     * ordinals with their distances from its query; returns how many.
     *
     * @param links address of a row of {@code max} links
     */
    static int expand(CodeRows rows, long links, int max, GraphScratch scratch) {
        scratch.reserveVisits(max);
        int found = gather(rows, links, max, scratch);
        distances(scratch.query, rows, scratch.ordinals, found, scratch.distances);
        return found;
    }

    private static int gather(CodeRows rows, long links, int max, GraphScratch scratch) {
        int found = 0;
        int[] ordinals = scratch.ordinals;
        for (int i = 0; i < max; i++) {
            int link = Memory.getInt(links + ((long) i << 2));
            if (link == NativeGraph.NONE) {
                break;
            }
            int ordinal = link & ~NativeGraph.PROTECTED;
            if (ordinal < rows.count() && scratch.visit(ordinal)) {
                ordinals[found++] = ordinal;
            }
        }
        return found;
    }

    /** Distances of one row from others. */
    static void rowDistances(int from, CodeRows rows, int[] ordinals, int count, float[] out,
            CodeQuery scratch) {
        if (count == 0) {
            return;
        }
        if (NATIVE) {
            NativeKernels.rowDistances(from, rows.chunks(), ordinals, count, rows.length(), out);
        } else {
            scratch.setRow(rows, from);
            inJava(scratch, rows, ordinals, count, out);
        }
    }

    static void inJava(CodeQuery query, CodeRows rows, int[] ordinals, int count, float[] out) {
        int length = rows.length();
        short[] codes = query.wide();
        for (int i = 0; i < count; i++) {
            int ordinal = ordinals[i];
            int dot = dot(codes, rows.address(ordinal), length) - query.bias;
            out[i] = (query.add + rows.add(ordinal)) - (query.scale * rows.scale(ordinal)) * dot;
        }
    }

    private static int dot(short[] query, long row, int length) {
        IntVector total = IntVector.zero(INTS);
        for (int from = 0; from < length; from += SUMS_MAX * LANES) {
            int end = Math.min(length, from + SUMS_MAX * LANES);
            ShortVector sum = ShortVector.zero(SHORTS);
            for (int i = from; i < end; i += LANES) {
                sum = sum.add(ShortVector.fromArray(SHORTS, query, i).mul(load(row + i)));
            }
            IntVector pairs = sum.reinterpretAsInts();
            total = total.add(pairs.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16))
                    .add(pairs.lanewise(VectorOperators.ASHR, 16));
        }
        return total.reduceLanes(VectorOperators.ADD);
    }

    private static ShortVector load(long address) {
        return (ShortVector) ByteVector.fromMemorySegment(BYTES, Memory.ALL, address, Memory.ORDER)
                .convertShape(VectorOperators.B2S, SHORTS, 0);
    }
}
