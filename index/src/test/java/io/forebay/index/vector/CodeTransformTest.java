package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The vector code does what the plain loops say. */
class CodeTransformTest {

    private final Random random = TestVectors.random("CodeTransformTest");

    private float[] random(int count) {
        return TestVectors.gaussian(random, 1, count)[0];
    }

    @Test
    void aRotationIsTheSameToTheBit() {
        for (int count = 64; count <= 8_192; count *= 2) {
            int from = random.nextInt(3) * 64;
            float[] signs = random(count);
            float[] x = random(from + count + 64);
            float[] expected = x.clone();
            for (int i = 0; i < count; i++) {
                expected[from + i] *= signs[i];
            }
            for (int half = 1; half < count; half *= 2) {
                for (int i = 0; i < count; i++) {
                    if ((i & half) == 0) {
                        float a = expected[from + i];
                        float b = expected[from + i + half];
                        expected[from + i] = a + b;
                        expected[from + i + half] = a - b;
                    }
                }
            }
            CodeTransform.rotate(x, from, count, signs);
            assertThat(x).isEqualTo(expected);
        }
    }

    @Test
    void codesAreRoundedAndSummedUp() {
        for (int length = 64; length <= 1_024; length += 64) {
            float[] x = random(length);
            float max = CodeTransform.max(x);
            float factor = 63 / max;
            byte[] codes = new byte[length];
            long sums = CodeTransform.quantise(x, factor, codes);
            int sum = 0;
            int squares = 0;
            float largest = 0;
            for (int i = 0; i < length; i++) {
                assertThat((int) codes[i]).isEqualTo((int) (x[i] * factor + 64.5f) - 64).isBetween(-63, 63);
                sum += codes[i];
                squares += codes[i] * codes[i];
                largest = Math.max(largest, Math.abs(x[i]));
            }
            assertThat(max).isEqualTo(largest);
            assertThat((int) sums).isEqualTo(sum);
            assertThat(sums >> 32).isEqualTo(squares);
        }
    }

    @Test
    void noValueMakesACodeOutOfRange() {
        float[] x = new float[64];
        x[1] = Float.POSITIVE_INFINITY;
        x[2] = Float.NEGATIVE_INFINITY;
        x[3] = Float.NaN;
        byte[] codes = new byte[64];
        CodeTransform.quantise(x, 1, codes);
        assertThat(codes).contains(63, -63, 0);
        for (byte code : codes) {
            assertThat((int) code).isBetween(-63, 63);
        }
    }

    @Test
    void centringAndDotProductsAcceptEveryLength() {
        for (int count = 1; count < 100; count++) {
            float[] a = random(count);
            float[] centre = random(count);
            float[] target = new float[128];
            CodeTransform.centred(a, 0.5f, centre, target, count);
            for (int i = 0; i < 128; i++) {
                assertThat(target[i]).isEqualTo(i < count ? a[i] * 0.5f - centre[i] : 0);
            }
            assertThat(CodeTransform.dot(a, centre, count)).isCloseTo(ScalarKernels.dot(a, centre, count),
                    within(1e-9));
        }
        float[] huge = {3e38f, 3e38f};
        assertThat(CodeTransform.dot(huge, huge, 2)).isCloseTo(1.8e77, within(1e76));
    }
}
