package io.forebay.client.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NpyReaderTest {
    /** numpy.save of array([[1, -2.5], [0.1, 6e-8]], dtype=float16), as NumPy 2.4 writes it. */
    private static final String GOLDEN = "934e554d5059010076007b276465736372273a20273c6632272c2027666f"
            + "727472616e5f6f7264"
            + "6572273a2046616c73652c20277368617065273a2028322c2032292c207d"
            + "20".repeat(58) + "0a" + "003c00c1662e0100";

    @TempDir
    Path folder;
    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.write(folder.resolve("a.npy"), HexFormat.of().parseHex(GOLDEN));
    }

    @Test
    void readsWhatNumPyWrote() throws IOException {
        try (NpyReader reader = NpyReader.open(file)) {
            float[] row = new float[2];
            assertThat(reader.rows()).isEqualTo(2);
            assertThat(reader.columns()).isEqualTo(2);
            assertThat(reader.next(row)).isTrue();
            assertThat(row).containsExactly(1f, -2.5f);
            assertThat(reader.next(row)).isTrue();
            assertThat(row).containsExactly(0.0999755859375f, 0x1p-24f);
            assertThat(reader.next(row)).isFalse();
        }
    }

    @Test
    void writesTheHeaderThatNumPyWrites() {
        String golden = GOLDEN.substring(0, 256);
        assertThat(HexFormat.of().formatHex(NpyHeader.format(NpyType.FLOAT16, 2, 2))).isEqualTo(golden);
    }

    @Test
    void halfPrecisionIsExactForEveryBitPattern() throws Throwable {
        // The JDK that runs the tests has it, the release that they are compiled for has not.
        MethodHandle jdk = MethodHandles.lookup().findStatic(Float.class, "float16ToFloat",
                MethodType.methodType(float.class, short.class));
        for (int bits = 0; bits <= 0xffff; bits++) {
            float expected = (float) jdk.invokeExact((short) bits);
            assertThat(Float.floatToIntBits(Float16.toFloat((short) bits)))
                    .isEqualTo(Float.floatToIntBits(expected));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "0  | 00       | offset 0: not a NumPy array",
            "6  | 02       | offset 6: NumPy format 2.0, only 1.0 is read",
            "22 | 69       | offset 10: type '<i2', only <f2, <f4, <f8 and <i4 are read",
            "22 | 63       | offset 10: type '<c2'",
            "44 | 54727565 | offset 10: Fortran order",
            "61 | 39       | offset 136: the file has 136 bytes, its header promises 164", // nine rows
            "64 | 30       | offset 10: a row of 0 columns",
            "129 | 7c      | offset 128: row 0 holds Infinity"})
    void damageIsNamedWithItsPlace(int offset, String hex, String message) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(GOLDEN);
        byte[] patch = HexFormat.of().parseHex(hex);
        System.arraycopy(patch, 0, bytes, offset, patch.length);
        Files.write(file, bytes);

        assertThatThrownBy(() -> readAll(file)).isInstanceOf(DatasetException.class)
                .hasMessageStartingWith(file + " at ").hasMessageContaining(message);
    }

    @Test
    void everyTruncationIsFound() throws IOException {
        byte[] bytes = HexFormat.of().parseHex(GOLDEN);
        for (int length = 0; length < bytes.length; length++) {
            Files.write(file, Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> readAll(file)).isInstanceOf(DatasetException.class)
                    .hasMessageStartingWith(file + " at offset ");
        }
    }

    @Test
    void integersAreNotReadAsFloats() throws IOException {
        byte[] header = NpyHeader.format(NpyType.INT32, 1, 1);
        byte[] bytes = Arrays.copyOf(header, header.length + 4);
        bytes[header.length] = 7;
        Files.write(file, bytes);
        try (NpyReader reader = NpyReader.open(file)) {
            int[] row = new int[1];
            assertThatThrownBy(() -> reader.next(new float[1])).hasMessageContaining("holds integers");
            assertThat(reader.next(row)).isTrue();
            assertThat(row).containsExactly(7);
        }
    }

    private static void readAll(Path file) throws IOException {
        try (NpyReader reader = NpyReader.open(file)) {
            float[] row = new float[reader.columns()];
            while (reader.next(row)) {
                continue;
            }
        }
    }
}
