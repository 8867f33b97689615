package io.forebay.etl.format;

import static io.forebay.etl.format.Reading.OPTIONS;
import static io.forebay.etl.format.Reading.all;
import static io.forebay.etl.format.Reading.fields;
import static io.forebay.etl.format.Reading.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VectorFormatsTest {
    private static final String DOCUMENTS = "{\"id\":\"a\"}\n\n{\"id\":\"b\"}\nbad\n{\"id\":\"d\"}\n";
    private static final float[][] ROWS = {{1, -2.5f, 0}, {0.5f, 3, 4}, {7, 8, 9}, {1e-3f, 6, 65504}};

    @TempDir
    Path folder;

    static byte[] npy(int version, String descr, String shape, float[][] rows) {
        String text = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
        text += " ".repeat(63 - (text.length() + 12) % 64) + "\n";
        ByteBuffer out = ByteBuffer.allocate(10_000).order(ByteOrder.LITTLE_ENDIAN);
        out.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) version)
                .put((byte) 0);
        if (version == 1) {
            out.putShort((short) text.length());
        } else {
            out.putInt(text.length());
        }
        out.put(text.getBytes(StandardCharsets.UTF_8));
        out.order(descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        for (float[] row : rows) {
            for (float value : row) {
                switch (descr.substring(1)) {
                    case "f2" -> out.putShort(Float.floatToFloat16(value));
                    case "f4" -> out.putFloat(value);
                    default -> out.putDouble(value);
                }
            }
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    static byte[] fvecs(float[]... rows) {
        ByteBuffer out = ByteBuffer.allocate(10_000).order(ByteOrder.LITTLE_ENDIAN);
        for (float[] row : rows) {
            out.putInt(row.length);
            for (float value : row) {
                out.putFloat(value);
            }
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    private void assertRows(Path file, Path side, FormatOptions options, String field, float delta)
            throws Exception {
        List<SourceItem> items = all(file, side, options, 0);
        assertThat(items).extracting(SourceItem::line).containsExactly(1L, 3L, 4L, 5L);
        for (int i : new int[]{0, 1, 3}) {
            float[] vector = (float[]) fields(items.get(i)).get(field);
            assertThat(vector).containsExactly(ROWS[i], org.assertj.core.data.Offset.offset(delta));
        }
        assertThat(Reading.reason(items.get(2))).startsWith("line 4: not JSON");
        for (int skip = 0; skip <= 4; skip++) {
            assertThat(all(file, side, options, skip)).usingRecursiveComparison()
                    .isEqualTo(items.subList(skip, 4));
        }
    }

    @ParameterizedTest
    @CsvSource({"1,<f2", "1,<f4", "2,<f8", "3,<f4", "1,>f4"})
    void arraysOfFloatsAreJoinedWithTheirDocuments(int version, String descr) throws Exception {
        byte[] bytes = npy(version, descr, "(4, 3)", ROWS);
        float delta = descr.endsWith("f2") ? 1e-6f : 0;
        Path side = write(folder, "side.jsonl", DOCUMENTS);
        assertRows(write(folder, "a.npy", bytes), side, OPTIONS, "embedding", delta);
        assertRows(write(folder, "a.npy.gz", Reading.gzip(bytes)), side, OPTIONS, "embedding", delta);
        assertRows(write(folder, "a.npy.zst", Reading.zstd(bytes)),
                write(folder, "side.ndjson.gz", Reading.gzip(Reading.utf8(DOCUMENTS))),
                Reading.embedding("v"), "v", delta);
        try (DocumentSource source = Reading.open(folder.resolve("a.npy"), side, OPTIONS, 0)) {
            assertThat(source.total()).isEqualTo(4);
        }
    }

    @Test
    void fvecsAreJoinedWithTheirDocuments() throws Exception {
        byte[] bytes = fvecs(ROWS);
        Path side = write(folder, "side.jsonl", DOCUMENTS);
        Path file = write(folder, "a.fvecs", bytes);
        assertRows(file, side, OPTIONS, "embedding", 0);
        assertRows(write(folder, "a.fvecs.gz", Reading.gzip(bytes)), side, OPTIONS, "embedding", 0);
        try (DocumentSource source = Reading.open(file, side, OPTIONS, 2)) {
            assertThat(source.total()).isEqualTo(4);
            while (source.next() != null) {
                continue;
            }
            assertThat(source.bytesRead()).isEqualTo(bytes.length);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.npy", "a.npy.gz", "a.fvecs", "a.fvecs.zst"})
    void countsThatDifferAreTold(String name) throws Exception {
        byte[] bytes = name.contains("npy") ? npy(1, "<f4", "(4, 3)", ROWS) : fvecs(ROWS);
        Path file = write(folder, name,
                name.endsWith("gz")
                        ? Reading.gzip(bytes)
                        : name.endsWith("zst") ? Reading.zstd(bytes) : bytes);
        for (int documents : new int[]{0, 1, 3, 5, 9}) {
            Path side = write(folder, "side.jsonl", documents == 0
                    ? "\n".repeat(9_000)
                    : "{\"a\":1}\n".repeat(documents));
            for (int skip : new int[]{0, 1, 3, 4, 6}) {
                assertThatThrownBy(() -> all(file, side, OPTIONS, skip))
                        .isInstanceOf(UnreadableFileException.class)
                        .hasMessage("The file has 4 vectors and its side file " + documents
                                + " documents: there must be one document for each vector");
            }
        }
    }

    @Test
    void aComponentThatIsNotFiniteIsBad() throws Exception {
        Path side = write(folder, "side.jsonl", "{\"a\":1}\n{\"a\":2}\n");
        List<SourceItem> items = all(write(folder, "a.npy", npy(1, "<f8", "(2, 2)",
                new float[][]{{1, Float.NaN}, {1, 2}})), side, OPTIONS, 0);
        assertThat(Reading.reason(items.get(0)))
                .isEqualTo("vector 1: component 1 of 'embedding' is NaN as a float32");
        assertThat(fields(items.get(1)).get("embedding")).isEqualTo(new float[]{1, 2});
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"<i4|(4, 3)|its numbers must be float16", "<f4|(12,)|two dimensions",
            "<f4|(4, 0)|its rows have 0 components", "<f4|(5, 3)|its header promises",
            "<f4|(999999999999999, 1048576)|its header promises"})
    void whatIsNoArrayOfVectorsIsRefused(String descr, String shape, String message) throws Exception {
        Path file = write(folder, "a.npy", npy(1, descr, shape, ROWS));
        Path side = write(folder, "side.jsonl", DOCUMENTS);
        assertThatThrownBy(() -> all(file, side, OPTIONS, 0)).isInstanceOf(UnreadableFileException.class)
                .hasMessageContaining(message);
    }

    @Test
    void cutAndLengthenedFilesAreRefused() throws Exception {
        Path side = write(folder, "side.jsonl", DOCUMENTS);
        byte[] npy = npy(1, "<f4", "(4, 3)", ROWS);
        byte[] fvecs = fvecs(ROWS);
        for (int skip : new int[]{0, 3, 4}) {
            assertThatThrownBy(
                    () -> all(write(folder, "a.npy", Arrays.copyOf(npy, npy.length - 1)), side, OPTIONS,
                            skip))
                    .isInstanceOf(UnreadableFileException.class).hasMessageContaining("its header promises");
            assertThatThrownBy(
                    () -> all(write(folder, "a.npy.gz", Reading.gzip(Arrays.copyOf(npy, npy.length - 1))),
                            side, OPTIONS, skip))
                    .isInstanceOf(UnreadableFileException.class).hasMessageContaining("vector 4");
            assertThatThrownBy(
                    () -> all(write(folder, "a.npy.gz", Reading.gzip(Arrays.copyOf(npy, npy.length + 1))),
                            side, OPTIONS, skip))
                    .isInstanceOf(UnreadableFileException.class).hasMessageContaining("goes on");
            assertThatThrownBy(
                    () -> all(write(folder, "a.fvecs", Arrays.copyOf(fvecs, fvecs.length - 1)), side,
                            OPTIONS, skip))
                    .isInstanceOf(UnreadableFileException.class).hasMessageContaining("vector 4");
        }
        fvecs[16] = 9;
        assertThatThrownBy(() -> all(write(folder, "a.fvecs", fvecs), side, OPTIONS, 0))
                .hasMessageContaining("vector 2 would have 9 components, the first has 3");
    }

    @Test
    void realVectorsAreJoinedWithRealDocuments() throws Exception {
        Path file = Reading.data("peps-queries-1000-minilm384.f16.npy");
        Path side = Reading.data("peps-queries-1000.jsonl.gz");
        List<SourceItem> items = all(file, side, OPTIONS, 0);
        assertThat(items).hasSize(1_000);
        for (SourceItem item : items) {
            float[] vector = (float[]) fields(item).get("embedding");
            double length = 0;
            for (float value : vector) {
                length += value * value;
            }
            assertThat(vector).hasSize(384);
            assertThat(length).isBetween(0.99, 1.01);
            assertThat(fields(item).get("text")).isInstanceOf(String.class);
        }
        assertThat(Files.size(file)).isGreaterThan(700_000);
    }
}
