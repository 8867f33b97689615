package io.forebay.server.http.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A number of JSON as the nearest float, read from the bytes of a body: the same float as {@link Float#parseFloat} gives,
 * bit for bit, without an object. Digits are read eight at a time; decimal becomes binary by Lemire's algorithm ("Number
 * parsing at a gigabyte per second", 2021), which multiplies by a power of five of 128 bits and knows when that does not
 * decide, which is left to the JDK.
 *
 * <p>Failure: what is not a number of JSON is {@link #NONE}, without a reason: the caller lets Jackson look again and tell.
 */
final class FloatReader {
    /** Not a number of JSON, or a longer one than is read here. */
    static final long NONE = -1;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class,
            ByteOrder.LITTLE_ENDIAN);
    /** Jackson refuses numbers of more than 1000 characters; it is the one to say so. */
    private static final int LENGTH_MAX = 900;
    /** So many digits always fit into 64 bits. */
    private static final int DIGITS_MAX = 19;
    private static final int EXPONENT_MAX = 100_000;
    private static final int[] TENS = {1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000};

    private static final int MANTISSA_BITS = 23;
    private static final int EXPONENT_INFINITE = 255;
    /** 19 digits times ten to less than the one are nothing, one digit times ten to more than the other is infinite. */
    private static final int POWER_MIN = -64;
    private static final int POWER_MAX = 38;
    /** Between these an exact product can lie half way between two floats. */
    private static final int HALFWAY_MIN = -17;
    private static final int HALFWAY_MAX = 10;
    private static final int UNSURE = -1;
    /** Down to here the table is rounded up, so that quotients that are exact come out exact. */
    private static final int ROUNDED_UP_MIN = -27;
    /** The highest 128 bits of five to each power, high half first. */
    private static final long[] POWERS = powers();

    private FloatReader() {}

    /**
     * Reads the number that begins at a place.
     *
     * @param end where the body ends; the array may be longer
     * @return the place behind the number in the high half and the bits of the float in the low half, or {@link #NONE}
     */
    static long read(byte[] bytes, int at, int end) {
        int place = at;
        int sign = place < end && bytes[place] == '-' ? 1 : 0;
        place += sign;
        int first = place;
        long digits = 0;
        while (place < end) {
            int digit = bytes[place] - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            digits = 10 * digits + digit;
            place++;
        }
        int whole = place - first;
        if (whole == 0 || whole > 1 && bytes[first] == '0') {
            return NONE;
        }
        int power = 0;
        int count = bytes[first] == '0' ? 0 : whole;
        if (place < end && bytes[place] == '.') {
            int point = ++place;
            int more;
            do {
                long eight = eight(bytes, place);
                more = leadingDigits(eight);
                if (more == 8) {
                    digits = 100_000_000 * digits + value(eight);
                } else if (more > 0) {
                    digits = TENS[more] * digits + value(eight << 64 - 8 * more);
                }
                place += more;
            } while (more == 8);
            power = point - place;
            count -= power;
            if (power == 0) {
                return NONE;
            }
        }
        int mantissaEnd = place;
        if (place < end && (bytes[place] | 0x20) == 'e') {
            long exponent = exponent(bytes, place + 1, end);
            if (exponent == NONE) {
                return NONE;
            }
            place = (int) (exponent >>> 32);
            power += (int) exponent;
        }
        if (place > end || place - at > LENGTH_MAX) {
            return NONE;
        }
        int bits = count > DIGITS_MAX
                ? many(bytes, first, mantissaEnd, place, power)
                : bits(digits, power);
        if (bits == UNSURE) {
            bits = byJdk(bytes, first, place);
        }
        return (long) place << 32 | (bits | sign << 31) & 0xFFFF_FFFFL;
    }

    // ---- digits ----

    /** The digits' values from a place on, the first in the lowest byte; no digit is above nine. */
    private static long eight(byte[] bytes, int at) {
        long text = 0;
        if (at <= bytes.length - 8) {
            text = (long) LONG.get(bytes, at);
        } else {
            for (int i = at; i < bytes.length; i++) {
                text |= (bytes[i] & 0xFFL) << 8 * (i - at);
            }
        }
        return text ^ 0x3030_3030_3030_3030L;
    }

    private static int leadingDigits(long eight) {
        long others = (eight & 0x7F7F_7F7F_7F7F_7F7FL) + 0x7676_7676_7676_7676L | eight;
        return Long.numberOfTrailingZeros(others & 0x8080_8080_8080_8080L) >>> 3;
    }

    /** Eight digits as a number: pairs, then fours and eights by two multiplications. */
    private static long value(long eight) {
        long mask = 0x0000_00FF_0000_00FFL;
        long pairs = 10 * eight + (eight >>> 8);
        return (pairs & mask) * (100 + (1_000_000L << 32))
                + (pairs >>> 16 & mask) * (1 + (10_000L << 32)) >>> 32;
    }

    /** Place behind it and value, as {@link #read}. */
    private static long exponent(byte[] bytes, int at, int end) {
        int place = at;
        boolean negative = place < end && bytes[place] == '-';
        if (negative || place < end && bytes[place] == '+') {
            place++;
        }
        int first = place;
        int value = 0;
        for (; place < end && bytes[place] >= '0' && bytes[place] <= '9'; place++) {
            value = Math.min(EXPONENT_MAX, 10 * value + bytes[place] - '0');
        }
        if (place == first) {
            return NONE;
        }
        return (long) place << 32 | (negative ? -value : value) & 0xFFFF_FFFFL;
    }

    /**
     * More digits than fit, or zeros at the beginning: the first 19 that count decide, unless the next float begins
     * between them and one more.
     */
    private static int many(byte[] bytes, int first, int mantissaEnd, int end, int power) {
        long digits = 0;
        int count = 0;
        int left = 0;
        for (int place = first; place < mantissaEnd; place++) {
            int digit = bytes[place] - '0';
            if (digit < 0) {
                continue; // the point; its place is in the power
            }
            if (count < DIGITS_MAX) {
                digits = 10 * digits + digit;
                count += digits == 0 ? 0 : 1;
            } else {
                left++;
            }
        }
        int bits = bits(digits, power + left);
        if (left == 0 || bits != UNSURE && bits == bits(digits + 1, power + left)) {
            return bits;
        }
        return byJdk(bytes, first, end);
    }

    private static int byJdk(byte[] bytes, int first, int end) {
        String text = new String(bytes, first, end - first, StandardCharsets.ISO_8859_1);
        return Float.floatToRawIntBits(Float.parseFloat(text));
    }

    // ---- from decimal to binary ----

    /** The float nearest to digits × 10^power, or {@link #UNSURE}. */
    private static int bits(long digits, int power) {
        if (digits == 0 || power < POWER_MIN) {
            return 0;
        }
        if (power > POWER_MAX) {
            return EXPONENT_INFINITE << MANTISSA_BITS;
        }
        int zeros = Long.numberOfLeadingZeros(digits);
        long scaled = digits << zeros;
        int at = 2 * (power - POWER_MIN);
        long high = Math.unsignedMultiplyHigh(scaled, POWERS[at]);
        long low = scaled * POWERS[at];
        long undecided = -1L >>> MANTISSA_BITS + 3;
        if ((high & undecided) == undecided) {
            long more = Math.unsignedMultiplyHigh(scaled, POWERS[at + 1]);
            low += more;
            if (Long.compareUnsigned(low, more) < 0) {
                high++;
            }
            if (low == -1L) {
                return UNSURE;
            }
        }
        int upper = (int) (high >>> 63);
        int shift = upper + 64 - MANTISSA_BITS - 3;
        long mantissa = high >>> shift;
        // floor(log2(10^power)), the bit that the product won, what the digits lost.
        int exponent = (217_706 * power >> 16) + 63 + upper - zeros + 127;
        if (exponent <= 0) {
            return subnormal(mantissa, exponent);
        }
        boolean exact = low >= 0 && low <= 1 && power >= HALFWAY_MIN && power <= HALFWAY_MAX;
        if (exact && (mantissa & 3) == 1 && mantissa << shift == high) {
            mantissa &= ~1L; // half way: to the even one, which is below
        }
        mantissa = mantissa + (mantissa & 1) >>> 1;
        if (mantissa >= 2L << MANTISSA_BITS) {
            mantissa = 1L << MANTISSA_BITS;
            exponent++;
        }
        return exponent >= EXPONENT_INFINITE
                ? EXPONENT_INFINITE << MANTISSA_BITS
                : exponent << MANTISSA_BITS | (int) mantissa & (1 << MANTISSA_BITS) - 1;
    }

    /** One that rounds up to the smallest normal float has its bits, too. */
    private static int subnormal(long mantissa, int exponent) {
        int shift = 1 - exponent;
        long shifted = shift >= 64 ? 0 : mantissa >>> shift;
        return (int) (shifted + (shifted & 1) >>> 1);
    }

    private static long[] powers() {
        long[] powers = new long[2 * (POWER_MAX - POWER_MIN + 1)];
        for (int power = POWER_MIN; power <= POWER_MAX; power++) {
            BigInteger five = BigInteger.valueOf(5).pow(Math.abs(power));
            BigInteger bits = power >= 0
                    ? five.shiftLeft(128).shiftRight(five.bitLength())
                    : BigInteger.ONE.shiftLeft(five.bitLength() + 127).divide(five);
            if (power < 0 && power >= ROUNDED_UP_MIN) {
                bits = bits.add(BigInteger.ONE);
            }
            powers[2 * (power - POWER_MIN)] = bits.shiftRight(64).longValue();
            powers[2 * (power - POWER_MIN) + 1] = bits.longValue();
        }
        return powers;
    }
}
