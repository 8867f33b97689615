package io.forebay.client.dataset;

/** IEEE 754 half precision. (The JDK has it since 20; this module is for 17.) */
final class Float16 {
    private Float16() {}

    static float toFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half >> 10 & 0x1f;
        int mantissa = half & 0x3ff;
        if (exponent == 0) {
            float value = mantissa * 0x1p-24f; // zero or subnormal
            return sign == 0 ? value : -value;
        }
        if (exponent == 0x1f) {
            return Float.intBitsToFloat(sign | 0x7f800000 | mantissa << 13);
        }
        return Float.intBitsToFloat(sign | exponent + 112 << 23 | mantissa << 13);
    }
}
