package io.forebay.server.config;

import java.util.Locale;

/**
 * Numbers of bytes as people write them: {@code 512}, {@code 64KiB}, {@code 256MiB}, {@code 8GiB}, {@code
 * 1TiB}.
 */
public final class Bytes {
    private static final String UNITS = "KMGTP";

    private Bytes() {}

    /** The largest unit that needs no fraction. */
    static String text(long bytes) {
        int power = 0;
        long value = bytes;
        while (value != 0 && value % 1024 == 0 && power < UNITS.length()) {
            value /= 1024;
            power++;
        }
        return power == 0 ? value + "" : value + "" + UNITS.charAt(power - 1) + "iB";
    }

    /** For reading, not for parsing: {@code 1.4 GiB}. */
    public static String rounded(long bytes) {
        double value = bytes;
        int power = 0;
        while (value >= 1000 && power < UNITS.length()) {
            value /= 1024;
            power++;
        }
        return power == 0
                ? bytes + " B"
                : String.format(Locale.ROOT, "%.1f %ciB", value, UNITS.charAt(power - 1));
    }

    /** @throws NumberFormatException for anything else */
    static long parse(String text) {
        String number = text.strip();
        int power = 0;
        if (number.endsWith("iB") && number.length() > 3) {
            power = UNITS.indexOf(number.charAt(number.length() - 3)) + 1;
            if (power == 0) {
                throw new NumberFormatException(text);
            }
            number = number.substring(0, number.length() - 3).strip();
        }
        try {
            return Math.multiplyExact(Long.parseLong(number), 1L << 10 * power);
        } catch (ArithmeticException e) {
            throw new NumberFormatException(text);
        }
    }
}
