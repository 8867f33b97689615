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
        reset(rows.length());
        long address = rows.address(ordinal);
        int sum = 0;
        for (int i = 0; i < codes.length; i++) {
            int value = Memory.ALL.get(java.lang.foreign.ValueLayout.JAVA_BYTE, address + i)
                    - CodeKernels.OFFSET;
            codes[i] = (byte) value;
            sum += value;
        }
        bias = CodeKernels.OFFSET * sum;
        add = rows.add(ordinal);
        scale = rows.scale(ordinal);
    }

    /** The codes as the Java kernel wants them. */
    short[] wide() {
        if (!widened) {
            if (wide.length != codes.length) {
                wide = new short[codes.length];
            }
            for (int i = 0; i < codes.length; i++) {
                wide[i] = codes[i];
            }
            widened = true;
        }
        return wide;
    }
}
