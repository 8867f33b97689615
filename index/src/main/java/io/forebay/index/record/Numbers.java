package io.forebay.index.record;

/** Exact comparison of 64-bit integers with doubles, neither converted to the other with loss. */
final class Numbers {
    /** What a comparison with NaN gives: neither less nor equal nor greater. */
    static final int UNORDERED = 2;
    private static final double TWO_TO_63 = 0x1p63;

    private Numbers() {}

    static int compare(long a, double b) {
        if (Double.isNaN(b)) {
            return UNORDERED;
        }
        if (b >= TWO_TO_63) {
            return -1;
        }
        if (b < -TWO_TO_63) {
            return 1;
        }
        long whole = (long) b;
        if (a != whole) {
            return a < whole ? -1 : 1;
        }
        double fraction = b - whole;
        return fraction == 0 ? 0 : fraction > 0 ? -1 : 1;
    }

    static int compare(double a, double b) {
        return a < b ? -1 : a > b ? 1 : a == b ? 0 : UNORDERED;
    }

    static int compare(double a, long b) {
        int reversed = compare(b, a);
        return reversed == UNORDERED ? UNORDERED : -reversed;
    }

    /** Whether the double is a whole number that a long can hold. */
    static boolean isLong(double value) {
        return value >= -TWO_TO_63 && value < TWO_TO_63 && value == Math.rint(value);
    }
}
