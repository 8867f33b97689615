package io.forebay.server.http.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;

/**
 * A float as text, in the fewest digits that read back as the same float, of these the nearest: Raffaello Giulietti's
 * Schubfach ("The Schubfach way to render doubles"), as in the JDK, but into bytes. Written as the real server writes it:
 * plain ({@code 0.1}, {@code 100.0}) where the point is not far, else with an exponent ({@code 1e-7}, {@code 1.5e13}).
 */
final class FloatWriter {
    /** Bytes that may be overwritten; a text has at most 17, such as {@code -0.00000123456789}. */
    static final int ROOM = 24;

    private static final int MANTISSA_BITS = 23;
    /** Of the exponent, when the mantissa is taken for a whole number. */
    private static final int BIAS = 127 + MANTISSA_BITS;
    private static final int POWER_MIN = -31;
    private static final int POWER_MAX = 45;
    /** The highest 64 bits of ten to each power, rounded up. */
    private static final long[] POWERS = powers();
    /** Where the point still stands: so many digits before it, so many zeros behind it. */
    private static final int PLAIN_DIGITS_MAX = 13;
    private static final int PLAIN_ZEROS_MAX = 5;
    private static final byte[] PAIRS = pairs();
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class,
            ByteOrder.LITTLE_ENDIAN);
    private static final long ZEROS = 0x3030_3030_3030_3030L;
    /** {@code 0.000000}, the first byte in the lowest place. */
    private static final long ZERO_POINT_ZEROS = 0x3030_3030_3030_2E30L;

    private FloatWriter() {}

    /**
     * Writes a finite float at a place with room for {@link #ROOM} bytes.
     *
     * @return the place behind it
     */
    static int write(float value, byte[] out, int at) {
        int bits = Float.floatToRawIntBits(value);
        int place = at;
        if (bits < 0) {
            out[place++] = '-';
        }
        int mantissa = bits & (1 << MANTISSA_BITS) - 1;
        int exponent = bits >>> MANTISSA_BITS & 0xFF;
        if ((mantissa | exponent) == 0) {
            out[place] = '0';
            out[place + 1] = '.';
            out[place + 2] = '0';
            return place + 3;
        }
        long decimal = decimal(mantissa, exponent);
        int digits = (int) decimal;
        int power = (int) (decimal >> 32);
        int point = count(digits) + power;
        if (point <= 0 && -point <= PLAIN_ZEROS_MAX) {
            return fraction(digits, -point, out, place);
        }
        while (digits % 10 == 0) {
            digits /= 10;
            power++;
        }
        return text(digits, power, out, place);
    }

    /**
     * Most of an embedding, so without a branch that depends on the digits: the last eight of up to nine become bytes at
     * once, zeros before and behind them are counted as bits, and more is stored than counts.
     */
    private static int fraction(int digits, int zeros, byte[] out, int at) {
        int first = digits / 100_000_000;
        long eight = eight(digits - 100_000_000 * first);
        int ninth = first == 0 ? 0 : 1;
        int before = Long.numberOfTrailingZeros(eight) >>> 3;
        int behind = Long.numberOfLeadingZeros(eight) >>> 3;
        int skipped = first == 0 ? before : 0;
        LONG.set(out, at, ZERO_POINT_ZEROS);
        int place = at + 2 + zeros;
        out[place] = (byte) ('0' + first);
        LONG.set(out, place + ninth, (eight >>> 8 * skipped) + ZEROS);
        return place + ninth + 8 - skipped - behind;
    }

    /** Eight digits, each in a byte, the first in the lowest: fours, then pairs, then digits, side by side. */
    private static long eight(int value) {
        int high = value / 10_000;
        long fours = high | (long) (value - 10_000 * high) << 32;
        long hundreds = fours * 10_486 >>> 20 & 0x0000_007F_0000_007FL;
        long pairs = hundreds + (fours - 100 * hundreds << 16);
        long tens = pairs * 103 >>> 10 & 0x000F_000F_000F_000FL;
        return tens + (pairs - 10 * tens << 8);
    }

    // ---- which digits ----

    /** Digits in the low half, the power of ten that they are multiplied by in the high half. */
    private static long decimal(int mantissa, int exponent) {
        int c = mantissa;
        int q = 1 - BIAS;
        if (exponent != 0) {
            c |= 1 << MANTISSA_BITS;
            q = exponent - BIAS;
            if (-q >= 0 && -q <= MANTISSA_BITS && Integer.numberOfTrailingZeros(c) >= -q) {
                return c >> -q; // a whole number
            }
        }
        boolean closerBelow = mantissa == 0 && exponent > 1;
        int odd = c & 1;
        // floor(q × log10(2)), or of three quarters of it; then floor(log2(10^-k)).
        int k = q * 1_262_611 - (closerBelow ? 524_031 : 0) >> 22;
        int h = q + (-k * 1_741_647 >> 19) + 1;
        long ten = POWERS[-k - POWER_MIN];
        int below = roundToOdd(ten, (4 * c - 2 + (closerBelow ? 1 : 0)) << h) + odd;
        int exact = roundToOdd(ten, 4 * c << h);
        int above = roundToOdd(ten, (4 * c + 2) << h) - odd;
        int s = exact >> 2;
        if (s >= 10) {
            int shorter = s / 10;
            boolean down = below <= 40 * shorter;
            boolean up = 40 * shorter + 40 <= above;
            if (down != up) {
                return of(shorter + (up ? 1 : 0), k + 1);
            }
        }
        boolean down = below <= 4 * s;
        boolean up = 4 * s + 4 <= above;
        if (down != up) {
            return of(s + (up ? 1 : 0), k);
        }
        int middle = 4 * s + 2;
        boolean roundUp = exact > middle || exact == middle && (s & 1) != 0;
        return of(s + (roundUp ? 1 : 0), k);
    }

    private static long of(int digits, int power) {
        return (long) power << 32 | digits;
    }

    /** The highest bits of the product; the lowest of them is set when anything below was. */
    private static int roundToOdd(long ten, int factor) {
        long wide = factor & 0xFFFF_FFFFL;
        int high = (int) Math.unsignedMultiplyHigh(ten, wide);
        long rest = ten * wide >>> 32;
        return high | (rest > 1 ? 1 : 0);
    }

    // ---- how they are written ----

    private static int text(int digits, int power, byte[] out, int at) {
        int count = count(digits);
        int point = count + power;
        if (power >= 0 && point <= PLAIN_DIGITS_MAX) {
            put(digits, count, out, at);
            zeros(power, out, at + count);
            out[at + point] = '.';
            out[at + point + 1] = '0';
            return at + point + 2;
        }
        if (point > 0 && point <= PLAIN_DIGITS_MAX) {
            put(digits, count, out, at + 1);
            System.arraycopy(out, at + 1, out, at, point);
            out[at + point] = '.';
            return at + count + 1;
        }
        int place = at + 1;
        put(digits, count, out, place);
        out[at] = out[place];
        if (count > 1) {
            out[place] = '.';
            place += count;
        }
        out[place++] = 'e';
        return exponent(point - 1, out, place);
    }

    private static int exponent(int value, byte[] out, int at) {
        int place = at;
        if (value < 0) {
            out[place++] = '-';
        }
        int size = Math.abs(value);
        int length = size < 10 ? 1 : 2;
        put(size, length, out, place);
        return place + length;
    }

    private static void zeros(int count, byte[] out, int at) {
        for (int i = 0; i < count; i++) {
            out[at + i] = '0';
        }
    }

    private static void put(int digits, int count, byte[] out, int at) {
        int rest = digits;
        int place = at + count;
        while (rest >= 10) {
            int pair = 2 * (rest % 100);
            rest /= 100;
            out[--place] = PAIRS[pair + 1];
            out[--place] = PAIRS[pair];
        }
        if (place > at) {
            out[--place] = (byte) ('0' + rest);
        }
    }

    private static int count(int digits) {
        if (digits >= 10_000) {
            if (digits >= 1_000_000) {
                return digits >= 100_000_000 ? 9 : digits >= 10_000_000 ? 8 : 7;
            }
            return digits >= 100_000 ? 6 : 5;
        }
        if (digits >= 100) {
            return digits >= 1_000 ? 4 : 3;
        }
        return digits >= 10 ? 2 : 1;
    }

    private static byte[] pairs() {
        byte[] pairs = new byte[200];
        for (int i = 0; i < 100; i++) {
            pairs[2 * i] = (byte) ('0' + i / 10);
            pairs[2 * i + 1] = (byte) ('0' + i % 10);
        }
        return pairs;
    }

    private static long[] powers() {
        long[] powers = new long[POWER_MAX - POWER_MIN + 1];
        for (int power = POWER_MIN; power <= POWER_MAX; power++) {
            BigInteger ten = BigInteger.TEN.pow(Math.abs(power));
            BigInteger[] bits = power >= 0
                    ? ten.shiftLeft(64).divideAndRemainder(BigInteger.ONE.shiftLeft(ten.bitLength()))
                    : BigInteger.ONE.shiftLeft(ten.bitLength() + 63).divideAndRemainder(ten);
            powers[power - POWER_MIN] = bits[0].longValue() + (bits[1].signum() == 0 ? 0 : 1);
        }
        return powers;
    }
}
