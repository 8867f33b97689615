package io.forebay.model;

/** What is asked of components wherever they come from. */
public final class Floats {
    private Floats() {}

    /** An exponent of ones, one added to it, reaches the sign; without branches, for the compiler. */
    public static boolean allFinite(float[] values, int from, int to) {
        int reached = 0;
        for (int i = from; i < to; i++) {
            reached |= (Float.floatToRawIntBits(values[i]) & 0x7F80_0000) + 0x0080_0000;
        }
        return reached >= 0;
    }
}
