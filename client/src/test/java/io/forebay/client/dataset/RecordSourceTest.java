package io.forebay.client.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.MetadataValue;
import io.forebay.model.SparseVector;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordSourceTest {
    @TempDir
    Path folder;

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static List<SourceRecord> all(RecordSource source) throws IOException {
        List<SourceRecord> all = new ArrayList<>();
        try (source) {
            for (SourceRecord next = source.next(); next != null; next = source.next()) {
                all.add(next);
            }
        }
        return all;
    }

    @Test
    void aLineHasEverything() throws Exception {
        Path file = write("a.jsonl",
                "\uFEFF{\"id\":\"a\",\"embedding\":[1,-0.0,3.4e38],\"document\":\"d\",\"metadata\":"
                        + "{\"i\":5,\"f\":5.0,\"b\":true,\"n\":null,\"s\":[\"x\"],\"v\":{\"#type\":\"sparse_vector\","
                        + "\"indices\":[1,4294967295],\"values\":[0.5,1]}},\"uri\":\"u\",\"other\":{\"x\":[1]}}\r\n\n"
                        + "{\"id\":7,\"vector\":[0.1]}");
        List<SourceRecord> records = all(JsonlSource.open(file, RecordFields.DEFAULT));
        assertThat(records).hasSize(2);
        SourceRecord first = records.get(0);
        assertThat(first.embedding()).containsExactly(1f, -0f, 3.4e38f);
        assertThat(first.metadata())
                .isEqualTo(Map.of("i", MetadataValue.of(5L), "f", MetadataValue.of(5.0), "b",
                        MetadataValue.TRUE, "s", new MetadataValue.StrArray(List.of("x")), "v",
                        MetadataValue.of(new SparseVector(new int[]{1, -1}, new float[]{0.5f, 1}))));
        assertThat(List.of(first.id(), first.document(), first.uri())).containsExactly("a", "d", "u");
        assertThat(records.get(1).id()).isEqualTo("7");
        assertThat(records.get(1).position()).isEqualTo(1);
        assertThat(records.get(1).embedding()).containsExactly(0.1f);
    }

    @Test
    void fieldsMayHaveOtherNames() throws Exception {
        Path file = write("a.jsonl", "{\"key\":\"a\",\"e\":[1],\"text\":\"d\",\"page\":3,\"x\":\"y\"}");
        RecordFields named = new RecordFields("key", List.of("e"), "text", null, Set.of("page"), false,
                "uri");
        assertThat(all(JsonlSource.open(file, named)).get(0).metadata()).isEqualTo(Map.of("page",
                MetadataValue.of(3L)));
        RecordFields others = new RecordFields("key", List.of("e"), "text", null, Set.of(), true, "uri");
        assertThat(all(JsonlSource.open(file, others)).get(0).metadata()).isEqualTo(Map.of("page",
                MetadataValue.of(3L), "x", MetadataValue.of("y")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{\"id\":\"a\",\"embedding\":[1,NaN]}  | line 2: component 1 of 'embedding' is NaN",
            "{\"id\":\"a\",\"embedding\":[1,1e39]} | line 2: component 1 of 'embedding' is 1e39",
            "{\"id\":\"a\",\"embedding\":[1,\"x\"]} | line 2: component 1 of 'embedding' is not a number",
            "{\"id\":\"a\",\"embedding\":3}        | line 2: field 'embedding' is not an array of numbers",
            "{\"id\":\"a\",\"embedding\":[1}       | line 2: not JSON",
            "{\"embedding\":[1]}                   | line 2: has no 'id'",
            "{\"id\":\"\",\"embedding\":[1]}       | line 2: field 'id' is empty",
            "[1]                                   | line 2: not a JSON object",
            "{\"id\":\"a\"} x                      | line 2: not JSON",
            "{\"id\":\"a\",\"metadata\":{\"k\":{\"z\":1}}} | line 2: metadata.k is an object",
            "{\"id\":\"a\",\"metadata\":{\"k\":{\"indices\":[4294967296]}}} | line 2: metadata.k has the index 4294967296",
            "{\"id\":\"a\",\"metadata\":{\"k\":{\"indices\":[-1]}}}  | line 2: metadata.k has the index -1",
            "{\"id\":\"a\",\"metadata\":{\"k\":{\"indices\":[1.5]}}} | line 2: metadata.k has the index 1.5",
            "{\"id\":\"a\",\"metadata\":{\"k\":[1,\"a\"]}} | line 2: metadata.k is an array of different types"})
    void aBadLineIsNamedAndTheNextIsRead(String line, String message) throws Exception {
        Path file = write("a.jsonl", "{\"id\":\"first\"}\n" + line + "\n{\"id\":\"last\"}\n");
        try (RecordSource source = JsonlSource.open(file, RecordFields.DEFAULT)) {
            assertThat(source.next().id()).isEqualTo("first");
            assertThatThrownBy(source::next).isInstanceOf(BadRecordException.class)
                    .hasMessageContaining(message)
                    .extracting(e -> ((BadRecordException) e).position()).isEqualTo(1L);
            assertThat(source.next().id()).isEqualTo("last");
            assertThat(source.next()).isNull();
        }
    }

    @Test
    void longLinesAndGzipAreReadAndSkipped() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            text.append("{\"id\":\"r" + i + "\",\"document\":\"" + "x".repeat(i * 7 % 3_001) + "\"}\n");
        }
        text.append("{\"id\":\"long\",\"document\":\"" + "y".repeat(300_000) + "\"}");
        Path file = folder.resolve("a.jsonl.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(text.toString().getBytes());
        }
        assertThat(all(JsonlSource.open(file, RecordFields.DEFAULT))).hasSize(501);
        try (RecordSource source = JsonlSource.open(file, RecordFields.DEFAULT)) {
            source.skip(499);
            assertThat(source.position()).isEqualTo(499);
            assertThat(source.next().id()).isEqualTo("r499");
            assertThat(source.next().document()).hasSize(300_000);
            assertThat(source.share()).isEqualTo(1);
        }
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> all(JsonlSource.open(file, RecordFields.DEFAULT)))
                .isInstanceOf(DatasetException.class).hasMessageContaining("cut off")
                .hasMessageContaining("line ");
        Files.write(file, new byte[]{1, 2, 3});
        assertThatThrownBy(() -> JsonlSource.open(file, RecordFields.DEFAULT))
                .hasMessageContaining("not a gzip");
    }

    private Path fvecs(float[]... rows) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(1_000).order(ByteOrder.LITTLE_ENDIAN);
        for (float[] row : rows) {
            bytes.putInt(row.length);
            for (float component : row) {
                bytes.putFloat(component);
            }
        }
        return Files.write(folder.resolve("a.fvecs"), Arrays.copyOf(bytes.array(), bytes.position()));
    }

    @Test
    void fvecsHaveASideFile() throws Exception {
        Path file = fvecs(new float[]{1, 2}, new float[]{3, 4}, new float[]{5, Float.NaN}, new float[]{7, 8});
        try (RecordSource source = VectorSource.openFvecs(file, null, RecordFields.DEFAULT, "v")) {
            assertThat(source.records()).isEqualTo(4);
            assertThat(source.dimension()).isEqualTo(2);
            source.skip(1);
            assertThat(source.next()).matches(r -> r.id().equals("v1") && r.position() == 1);
            assertThatThrownBy(source::next).isInstanceOf(BadRecordException.class)
                    .hasMessageContaining("row 2: component 1 is NaN");
            assertThat(source.next().embedding()).containsExactly(7, 8);
            assertThat(source.next()).isNull();
        }
        Path side = write("side.jsonl",
                "{\"id\":\"a\",\"document\":\"d\"}\n{\"id\":\"b\"}\n{\"id\":\"c\"}\n");
        try (RecordSource source = VectorSource.openFvecs(file, side, RecordFields.DEFAULT, "")) {
            assertThat(source.next()).matches(r -> r.id().equals("a") && "d".equals(r.document()));
            source.skip(2);
            assertThatThrownBy(source::next).hasMessageContaining("ends after 3 lines")
                    .hasMessageContaining("4 rows");
        }
        write("side.jsonl", "{\"id\":\"a\"}\n".repeat(5));
        Path whole = fvecs(new float[]{1});
        assertThatThrownBy(() -> all(VectorSource.openFvecs(whole, side, RecordFields.DEFAULT, "")))
                .hasMessageContaining("more lines");
    }

    @Test
    void damagedFvecsAreNamed() throws Exception {
        Path file = fvecs(new float[]{1, 2}, new float[]{3, 4});
        byte[] good = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(good, 20));
        assertThatThrownBy(() -> VectorSource.openFvecs(file, null, RecordFields.DEFAULT, ""))
                .hasMessageContaining("offset 12").hasMessageContaining("cut off");
        good[12] = 9;
        Files.write(file, good);
        try (RecordSource source = VectorSource.openFvecs(file, null, RecordFields.DEFAULT, "")) {
            source.next();
            assertThatThrownBy(source::next).hasMessageContaining("offset 12")
                    .hasMessageContaining("9 components");
        }
    }

    @Test
    void npyOfDoublesIsReadAndWhatIsWrittenIsReadAgain() throws Exception {
        Path file = folder.resolve("a.npy");
        ByteBuffer bytes = ByteBuffer.allocate(1_000).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(NpyHeader.format(NpyType.FLOAT64, 2, 2));
        for (double value : new double[]{0.1, 2, 3, 1e300}) {
            bytes.putDouble(value);
        }
        Files.write(file, Arrays.copyOf(bytes.array(), bytes.position()));
        try (RecordSource source = VectorSource.openNpy(file, null, RecordFields.DEFAULT, "")) {
            assertThat(source.next().embedding()).containsExactly(0.1f, 2f);
            assertThatThrownBy(source::next).isInstanceOf(BadRecordException.class)
                    .hasMessageContaining("row 1: component 1 is Infinity");
        }
        try (NpyWriter writer = NpyWriter.create(file, 3)) {
            for (int i = 0; i < 50_000; i++) {
                writer.write(new float[]{i, Float.MIN_VALUE, -0f});
            }
            writer.finish();
        }
        try (RecordSource source = VectorSource.openNpy(file, null, RecordFields.DEFAULT, "")) {
            assertThat(source.records()).isEqualTo(50_000);
            source.skip(49_999);
            assertThat(source.next().embedding()).containsExactly(49_999, Float.MIN_VALUE, -0f);
            assertThat(source.next()).isNull();
        }
    }
}
