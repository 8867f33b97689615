package io.forebay.server.http.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Floats are written in the fewest digits that read back as the same float, and of these the nearest. */
class FloatWriterTest {
    private static final long SEED = Long.getLong("forebay.seed", System.nanoTime());

    private final byte[] bytes = new byte[FloatWriter.ROOM + 1];

    private String text(float value) {
        int length = FloatWriter.write(value, bytes, 0);
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    private static int digits(String text) {
        return new BigDecimal(text).stripTrailingZeros().precision();
    }

    private void isShortest(float value) {
        String text = text(value);
        assertThat(Float.floatToRawIntBits(Float.parseFloat(text))).as("seed %d: %s", SEED, text)
                .isEqualTo(Float.floatToRawIntBits(value));
        BigDecimal exact = new BigDecimal(value);
        BigDecimal written = new BigDecimal(text);
        int count = digits(text);
        for (java.math.RoundingMode mode : new java.math.RoundingMode[]{java.math.RoundingMode.DOWN,
                java.math.RoundingMode.UP}) {
            if (count > 1) {
                BigDecimal shorter = exact.round(new java.math.MathContext(count - 1, mode));
                assertThat(shorter.floatValue()).as("seed %d: %s could be %s", SEED, text, shorter)
                        .isNotEqualTo(value);
            }
            BigDecimal other = exact.round(new java.math.MathContext(count, mode));
            if (other.floatValue() == value) {
                assertThat(written.subtract(exact).abs()).as("seed %d: %s could be %s", SEED, text, other)
                        .isLessThanOrEqualTo(other.subtract(exact).abs());
            }
        }
    }

    @Test
    void everyFloatIsReadBackAsItself() {
        Random random = new Random(SEED);
        for (int i = 0; i < 3_000_000; i++) {
            float value = switch (i & 3) {
                case 0 -> (float) random.nextGaussian() * 0.05f;
                case 1 -> random.nextInt(100_000_000);
                default -> Float.intBitsToFloat(random.nextInt());
            };
            if (Float.isFinite(value)) {
                int length = FloatWriter.write(value, bytes, 0);
                bytes[length] = ','; // what was there before must not be read on
                long read = FloatReader.read(bytes, 0, length);
                if ((int) read != Float.floatToRawIntBits(value) || (int) (read >>> 32) != length) {
                    throw new AssertionError("seed " + SEED + ": " + value + " is written as " + text(value));
                }
            }
        }
    }

    @Test
    void noShorterTextIsReadAsTheSameFloat() {
        Random random = new Random(SEED);
        for (int i = 0; i < 30_000; i++) {
            float value = i % 2 == 0 ? Float.intBitsToFloat(random.nextInt()) : (float) random.nextGaussian();
            if (Float.isFinite(value) && value != 0) {
                isShortest(value);
            }
        }
        for (int exponent = 0; exponent < 255; exponent++) {
            for (int around = -3; around <= 3; around++) {
                float value = Float.intBitsToFloat(Math.max(1, (exponent << 23) + around));
                isShortest(value);
                isShortest(-value);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0.1, 0.1", "0.0, 0.0", "-0.0, -0.0", "1, 1.0", "100, 100.0", "-12.5, -12.5",
            "16777216, 16777216.0",
            "0.051316738, 0.051316738", "1e-5, 0.00001", "1.5e-6, 0.0000015", "1e-6, 0.000001", "1e-7, 1e-7",
            "1.5e-7, 1.5e-7", "1e10, 10000000000.0", "1e12, 1000000000000.0", "1.5e12, 1500000000000.0",
            "1e13, 1e13",
            "1.5e13, 1.5e13", "1e16, 1e16", "1.4e-45, 1e-45", "3.4028235e38, 3.4028235e38",
            "-1.17549435e-38, -1.1754944e-38",
            "9.999999e-7, 9.999999e-7", "1.2345678e-6, 0.0000012345678", "123456.79, 123456.79"})
    void pointsAndExponentsStandWhereTheRealServerHasThem(float value, String text) {
        assertThat(text(value)).isEqualTo(text);
    }
}
