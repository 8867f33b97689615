package io.forebay.client.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.Space;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetTest {
    private static final Path ROOT = Path.of(System.getProperty("forebay.root"));

    @TempDir
    Path folder;

    private Path lines(String name, String... lines) throws IOException {
        return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
    }

    private Path floats(String name, int columns, float... values) throws IOException {
        byte[] header = NpyHeader.format(NpyType.FLOAT32, values.length / columns, columns);
        ByteBuffer bytes = ByteBuffer.allocate(header.length + 4 * values.length)
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(header).asFloatBuffer().put(values);
        return Files.write(folder.resolve(name), bytes.array());
    }

    private Path answers(String name, int... values) throws IOException {
        byte[] header = NpyHeader.format(NpyType.INT32, 1, values.length);
        ByteBuffer bytes = ByteBuffer.allocate(header.length + 4 * values.length)
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(header).asIntBuffer().put(values);
        return Files.write(folder.resolve(name), bytes.array());
    }

    private void small() throws IOException {
        lines("x.jsonl", "{\"id\":\"a\",\"text\":\"one\",\"n\":1,\"f\":1.5,\"b\":true,\"z\":null}", "",
                "{\"text\":\"zwei\",\"id\":\"b\"}\r", "{\"id\":\"c\",\"text\":\"three\"}");
        floats("x-e.f32.npy", 2, 1, 0, 0, 1, -1, 0);
        lines("x-queries-1.jsonl", "{\"id\":\"q\",\"text\":\"?\"}");
        floats("x-queries-1.f32.npy", 2, 0.5f, 0.4f);
        answers("x-queries-1-cosine-top3.i32.npy", 0, 1, 2);
    }

    @Test
    void aFolderIsReadIntoBatches() throws IOException {
        small();
        Dataset dataset = Datasets.open(folder);
        try (BatchReader reader = dataset.batches(Operation.ADD, 2)) {
            RecordBatch first = reader.next();
            assertThat(first.size()).isEqualTo(2);
            assertThat(first.id(1)).isEqualTo("b");
            assertThat(first.document(1)).isEqualTo("zwei");
            assertThat(first.metadata(0)).containsEntry("n", MetadataValue.of(1L))
                    .containsEntry("f", MetadataValue.of(1.5)).containsEntry("b", MetadataValue.TRUE)
                    .hasSize(3);
            float[] row = new float[2];
            first.copyEmbedding(1, row);
            assertThat(row).containsExactly(0f, 1f);
            assertThat(reader.next().size()).isEqualTo(1);
            assertThat(reader.next()).isNull();
            assertThat(reader.next()).isNull();
        }
        assertThat(dataset.ids()).containsExactly("a", "b", "c");
        assertThat(dataset.space()).isEqualTo(Space.COSINE);
        assertThat(dataset.exactNeighbours()).containsExactly(new int[]{0, 1, 2});
        assertThat(dataset.exactNeighbours(2, 2)).containsExactly(new int[]{0, 1});
        assertThat(dataset.queryTexts()).extracting(Document::text).containsExactly("?");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
            "{\"id\":\"b\"} | line 2: needs an id and a text",
            "{\"id\":\"\",\"text\":\"x\"} | line 2: needs an id and a text",
            "{\"id\":5,\"text\":\"x\"} | line 2: field 'id' is not a string",
            "{\"id\":\"b\",\"text\":\"x\",\"l\":[]} | line 2: field 'l' is not a scalar",
            "[1] | line 2: not a JSON object",
            "{\"id\":\"b\" | line 2: not JSON",
            "{\"id\":\"b\",\"text\":\"x\"} 1 | line 2: goes on after"})
    void aWrongLineIsNamed(String line, String message) throws IOException {
        Path file = lines("x.jsonl", "{\"id\":\"a\",\"text\":\"one\"}", line);
        try (DocumentReader reader = DocumentReader.open(file)) {
            reader.next();
            assertThatThrownBy(reader::next).isInstanceOf(DatasetException.class)
                    .hasMessageStartingWith(file + " " + message);
        }
    }

    @Test
    void textThatIsNotUtf8IsNamed() throws IOException {
        Path file = Files.write(folder.resolve("x.jsonl"),
                "{\"id\":\"a\",\"text\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1));
        try (DocumentReader reader = DocumentReader.open(file)) {
            assertThatThrownBy(reader::next).hasMessage(file + " line 1: not UTF-8");
        }
    }

    @Test
    void aDamagedGzipStreamIsNamed() throws IOException {
        Path file = folder.resolve("x.jsonl.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("{\"id\":\"a\",\"text\":\"one\"}\n".repeat(50).getBytes(StandardCharsets.UTF_8));
        }
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 12));
        assertThatThrownBy(() -> readAll(file)).isInstanceOf(DatasetException.class)
                .hasMessageContaining("the gzip stream is damaged or cut off");
        Files.write(file, new byte[]{1, 2, 3});
        assertThatThrownBy(() -> readAll(file)).hasMessageContaining("not a gzip file");
    }

    @Test
    void filesThatDoNotFitEachOtherAreNamed() throws IOException {
        small();
        floats("x-e.f32.npy", 2, 1, 0, 0, 1, -1, 0, 1, 1);
        assertThatThrownBy(() -> readAll(Datasets.open(folder)))
                .hasMessage(folder.resolve("x.jsonl") + " ends after 3 documents, "
                        + folder.resolve("x-e.f32.npy")
                        + " has 4 rows");
        floats("x-e.f32.npy", 2, 1, 0, 0, 1);
        assertThatThrownBy(() -> readAll(Datasets.open(folder))).hasMessageContaining("has more lines than");
        floats("x-e.f32.npy", 1, 1, 0);
        assertThatThrownBy(() -> Datasets.open(folder)).hasMessageContaining("has dimension 2");
        small();
        answers("x-queries-1-cosine-top3.i32.npy", 0, 3);
        assertThatThrownBy(() -> Datasets.open(folder).exactNeighbours())
                .hasMessageContaining("row 0 names record 3 of 3");
        Files.copy(folder.resolve("x.jsonl"), folder.resolve("y.jsonl"));
        assertThatThrownBy(() -> Datasets.open(folder)).hasMessageContaining("one file of documents")
                .hasMessageContaining("x.jsonl, y.jsonl");
    }

    @Test
    void noDatasetIsAClearError() {
        assertThatThrownBy(() -> Datasets.find(folder.resolve("nowhere")))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("no dataset: neither ").hasMessageContaining("sample");
    }

    @Test
    void theShippedSampleIsWhole() throws IOException {
        Dataset sample = Datasets.open(ROOT.resolve("sample"));

        assertThat(sample.records()).isEqualTo(4501);
        assertThat(new HashSet<>(sample.ids())).hasSize(4501);
        assertThat(sample.queryTexts()).hasSize(200);
        List<int[]> exact = sample.exactNeighbours();
        assertThat(exact).hasSize(200);
        List<int[]> computed = ExactSearch.nearest(Dataset.floats(sample.embeddings(), Long.MAX_VALUE),
                sample.queryEmbeddings().subList(0, 10), sample.space(), 100);
        assertThat(exact.subList(0, 10)).containsExactlyElementsOf(computed);
    }

    @Test
    void aSampleOfTheSampleIsADatasetAgain() throws IOException {
        Dataset sample = Datasets.open(ROOT.resolve("sample"));

        Dataset cut = new SampleWriter(sample, folder.resolve("cut"), 100, 50).write();

        assertThat(cut.name()).isEqualTo("peps-46");
        assertThat(cut.records()).isEqualTo(46);
        assertThat(cut.ids().get(1)).isEqualTo(sample.ids().get(100));
        assertThat(cut.exactNeighbours()).hasSize(4).allSatisfy(row -> assertThat(row).hasSize(46));
        readAll(cut);
    }

    private static void readAll(Dataset dataset) throws IOException {
        try (BatchReader reader = dataset.batches(Operation.ADD, 1000)) {
            while (reader.next() != null) {
                continue;
            }
        }
    }

    private static void readAll(Path documents) throws IOException {
        try (DocumentReader reader = DocumentReader.open(documents)) {
            while (reader.next() != null) {
                continue;
            }
        }
    }
}
