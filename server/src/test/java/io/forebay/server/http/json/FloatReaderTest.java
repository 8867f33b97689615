package io.forebay.server.http.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts of numbers become the floats that the JDK makes of them, bit for bit. */
@Tag("fuzz")
class FloatReaderTest {
    private static final long SEED = Long.getLong("forebay.seed", System.nanoTime());

    private final Random random = new Random(SEED);
    private final byte[] bytes = new byte[2048];

    /** Compares the whole text, with something behind it and as the very last of the array. */
    private void isReadAsTheJdkReads(String text) {
        int wanted = Float.floatToRawIntBits(Float.parseFloat(text));
        int length = text.length();
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) text.charAt(i);
        }
        bytes[length] = ',';
        long read = FloatReader.read(bytes, 0, length + 1);
        if (read != ((long) length << 32 | wanted & 0xFFFF_FFFFL)) {
            throw new AssertionError("seed " + SEED + ": " + text + " is read as "
                    + (read == FloatReader.NONE ? "nothing" : Float.intBitsToFloat((int) read)));
        }
    }

    @Test
    void randomFloatsInAllFormsAreReadExactly() {
        for (int i = 0; i < 1_000_000; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            if (Float.isFinite(value)) {
                isReadAsTheJdkReads(Float.toString(value));
                isReadAsTheJdkReads(Double.toString(value));
            }
        }
    }

    @Test
    void numbersLikeEmbeddingsAreReadExactly() {
        for (int i = 0; i < 1_000_000; i++) {
            double value = random.nextGaussian() * Math.pow(10, -random.nextInt(6));
            isReadAsTheJdkReads(new BigDecimal(value).setScale(1 + random.nextInt(20),
                    java.math.RoundingMode.HALF_EVEN).toPlainString());
            isReadAsTheJdkReads(Double.toString(value));
        }
    }

    @Test
    void randomDigitsWithRandomExponentsAreReadExactly() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 1_000_000; i++) {
            text.setLength(0);
            text.append(random.nextBoolean() ? "-" : "");
            digits(text, random.nextInt(5) == 0 ? 1 : 1 + random.nextInt(random.nextInt(6) == 0 ? 40 : 12),
                    true);
            if (random.nextBoolean()) {
                digits(text.append('.'), 1 + random.nextInt(random.nextInt(6) == 0 ? 60 : 20), false);
            }
            if (random.nextBoolean()) {
                text.append(random.nextBoolean() ? 'e' : 'E')
                        .append(new String[]{"", "+", "-"}[random.nextInt(3)])
                        .append(random.nextInt(100) == 0 ? random.nextInt(2000) : random.nextInt(50));
            }
            isReadAsTheJdkReads(text.toString());
        }
    }

    private void digits(StringBuilder text, int count, boolean whole) {
        int zeros = !whole && random.nextInt(4) == 0 ? random.nextInt(count) : 0;
        for (int i = 0; i < count; i++) {
            int least = whole && i == 0 && count > 1 ? 1 : 0;
            text.append(i < zeros ? 0 : least + random.nextInt(10 - least));
        }
    }

    /** Exactly between two floats, and a last digit to either side, in plain digits and with exponents. */
    @Test
    void placesHalfWayBetweenTwoFloatsAreRoundedAsTheyMustBe() {
        for (int i = 0; i < 80_000; i++) {
            int bits = switch (random.nextInt(4)) {
                case 0 -> random.nextInt(0x0100_0000); // subnormal, and the smallest normal
                case 1 -> Float.floatToRawIntBits(random.nextInt(1 << 25));
                case 2 -> Float.floatToRawIntBits((float) random.nextGaussian());
                default -> random.nextInt(0x7F7F_FFFF);
            };
            BigDecimal middle = new BigDecimal(Float.intBitsToFloat(bits))
                    .add(new BigDecimal(Float.intBitsToFloat(bits + 1))).divide(BigDecimal.TWO);
            BigDecimal little = middle.ulp().movePointLeft(random.nextInt(30));
            for (BigDecimal one : List.of(middle, middle.add(little), middle.subtract(little))) {
                isReadAsTheJdkReads(one.toPlainString());
                isReadAsTheJdkReads(String.format(Locale.ROOT, "%s", one.stripTrailingZeros()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "0.0", "-0.0", "-0e5", "0e99999", "1e-46", "7e-46", "7.1e-46", "1e-45",
            "1.4e-45",
            "7.00649232162408535461864791644958065640130970938257885878534141944895541342930300743319094181060791015625e-46",
            "7.00649232162408535461864791644958065640130970938257885878534141944895541342930300743319094181060791015626e-46",
            "1.17549435e-38", "1.17549428e-38", "1.1754943e-38", "1.1754942e-38", "3.4028235e38",
            "3.4028236e38",
            "3.40282356779733661637539395458142568447e38", "3.40282356779733661637539395458142568448e38",
            "1e39",
            "1e400", "1e-400", "1e2147483648", "1e-2147483648", "1e99999999999999999999", "16777217",
            "16777219",
            "18446744073709551615", "18446744073709551616", "36893488147419103232", "9999999999999999999",
            "99999999999999999999", "0.00000000000000000000000000000000000000000000000000001e53", "8388608.5",
            "8388609.5",
            "1.00000017881393421514957253748434595763683319091796875001",
            "1.00000017881393421514957253748434595763683319091796874999"})
    void hardCasesAreReadExactly(String text) {
        isReadAsTheJdkReads(text);
        isReadAsTheJdkReads(text.startsWith("-") ? text.substring(1) : "-" + text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "+1", ".5", "01", "-01", "00", "1.", "1.e5", "1e", "1e+", "1e-", "-.5",
            "NaN", "Infinity",
            "e5", "\"1\"", "null", "\u00001", "1.x"})
    void whatIsNoNumberOfJsonIsLeft(String text) {
        byte[] alone = text.getBytes(StandardCharsets.UTF_8);
        assertThat(FloatReader.read(alone, 0, alone.length)).isEqualTo(FloatReader.NONE);
    }

    @Test
    void nothingBehindTheEndIsRead() {
        byte[] digits = "1.23456789012345678901234567890e12".getBytes(StandardCharsets.UTF_8);
        for (int end = 0; end <= digits.length; end++) {
            String text = new String(digits, 0, end, StandardCharsets.UTF_8);
            long read = FloatReader.read(digits, 0, end);
            if (read != FloatReader.NONE) {
                assertThat(read >>> 32).as(text).isEqualTo(end);
                assertThat(Float.intBitsToFloat((int) read)).as(text).isEqualTo(Float.parseFloat(text));
            } else {
                // Cut in the middle of a number, or where the digits behind the end would still be read: Jackson decides.
                assertThat(end == 0 || text.endsWith(".") || text.endsWith("e") || end < digits.length)
                        .as(text).isTrue();
            }
        }
    }

    @Test
    void aNumberOfThousandDigitsIsLeftToJackson() {
        byte[] digits = "1".repeat(1500).getBytes(StandardCharsets.UTF_8);
        assertThat(FloatReader.read(digits, 0, digits.length)).isEqualTo(FloatReader.NONE);
    }
}
