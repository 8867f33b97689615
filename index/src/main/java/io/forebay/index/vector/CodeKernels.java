package io.forebay.index.vector;

import java.lang.ref.Reference;

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
            Reference.reachabilityFence(rows);
        } else {
            JavaKernels.distances(query, rows, ordinals, count, out);
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
            Reference.reachabilityFence(rows);
        } else {
            scratch.setRow(rows, from);
            JavaKernels.distances(scratch, rows, ordinals, count, out);
        }
    }
}
