package io.forebay.index.vector;

import java.util.Arrays;

/**
 * One side of a code distance: what a query or a row stands for, ready for the kernels.
 *
 * <p>Threads: one owner.
 */
final class CodeQuery {

    byte[] codes = new byte[0];
    float add;
    float scale;
    /** Square of the length of what the codes stand for; set by the encoder. */
    double squared;
    /** What the offset of the other side's codes adds to each dot product: 64 times the sum of the codes. */
    int bias;
    /** Where {@link JavaKernels} puts its sums. */
    final int[] dots = new int[4];
    private short[] wide = new short[0];
    private boolean widened;

    /** Makes room for this many codes and forgets the old. */
    void reset(int length) {
        if (codes.length != length) {
            codes = new byte[length];
        } else {
            Arrays.fill(codes, (byte) 0);
        }
        widened = false;
    }

    /** Takes over what a row holds. */
    void setRow(CodeRows rows, int ordinal) {
        if (codes.length != rows.length()) {
            codes = new byte[rows.length()];
        }
        widened = false;
        bias = CodeKernels.OFFSET * JavaKernels.decode(rows.address(ordinal), codes);
        add = rows.add(ordinal);
        scale = rows.scale(ordinal);
    }

    /** The codes as the Java kernel wants them. */
    short[] wide() {
        if (!widened) {
            if (wide.length != codes.length) {
                wide = new short[codes.length];
            }
            JavaKernels.widen(codes, wide);
            widened = true;
        }
        return wide;
    }
}
