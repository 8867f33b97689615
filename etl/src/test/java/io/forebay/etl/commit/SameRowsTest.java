package io.forebay.etl.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.forebay.engine.Position;
import io.forebay.engine.PurgedException;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.SparseVector;
import io.forebay.model.StoredRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the engine gives back has the hash of what was imported, else an import would have a commit of nothing behind it. */
class SameRowsTest {
    private static final int REAL_ROWS = 4000;

    @TempDir
    Path directory;

    /** Counts no operations, so everything is looked at again. */
    private static void importUncounted(World world, UUID collection, Operation operation,
            List<StoredRecord> rows) {
        CommitDraft draft = world.draft(collection, UUID.randomUUID());
        for (int i = 0; i < rows.size(); i += 500) {
            List<StoredRecord> some = rows.subList(i, Math.min(rows.size(), i + 500));
            world.write(collection, operation, some);
            world.put(draft, some.stream().map(row -> new RowChange(row.id(), row, null)).toList(), -1);
        }
        draft.finish();
    }

    @Test
    void realDocumentsWithVectorsAreNoCommitOfTheirOwnAfterTheirImport() throws IOException {
        List<StoredRecord> rows = realRows();
        try (World world = new World(directory)) {
            UUID docs = world.collection("docs");
            importUncounted(world, docs, Operation.ADD, rows);
            assertThat(world.log(docs)).as("by the change feed").hasSize(1);
            UUID more = world.collection("more");
            importUncounted(world, more, Operation.ADD, rows);
            world.engine.flush(docs, Position.APPLIED).join();
            world.engine.flush(more, Position.APPLIED).join();
            world.restart();
            assertThatThrownBy(() -> world.engine.changes(more, 1L)).isInstanceOf(PurgedException.class);
            assertThat(world.log(more)).as("by looking at the whole collection").hasSize(1);
            assertThat(world.history.rows(docs, "main", List.of(rows.get(7).id()), null, 1))
                    .allMatch(row -> Oracle.equal(row, rows.get(7)));
        }
    }

    private static List<StoredRecord> realRows() throws IOException {
        Path sample = Path.of(System.getProperty("forebay.root"), "sample");
        ByteBuffer vectors = ByteBuffer
                .wrap(Files.readAllBytes(sample.resolve("peps-4501-minilm384.f16.npy")))
                .order(ByteOrder.LITTLE_ENDIAN);
        int at = 10 + vectors.getShort(8);
        List<StoredRecord> rows = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(sample.resolve("peps-4501.jsonl.gz"))),
                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); rows.size() < REAL_ROWS; line = lines.readLine()) {
                float[] embedding = new float[384];
                for (int i = 0; i < embedding.length; i++, at += 2) {
                    embedding[i] = Float.float16ToFloat(vectors.getShort(at));
                }
                Map<String, MetadataValue> fields = fields(line);
                MetadataValue.Str id = (MetadataValue.Str) fields.remove("id");
                MetadataValue.Str text = (MetadataValue.Str) fields.remove("text");
                rows.add(new StoredRecord(id.value(), embedding, fields, text.value(), null));
            }
        }
        return rows;
    }

    private static Map<String, MetadataValue> fields(String line) throws IOException {
        Map<String, MetadataValue> fields = new LinkedHashMap<>();
        try (JsonParser in = new JsonFactory().createParser(line)) {
            in.nextToken();
            for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
                JsonToken token = in.nextToken();
                if (token == JsonToken.VALUE_NUMBER_INT) {
                    fields.put(name, MetadataValue.of(in.getLongValue()));
                } else if (token == JsonToken.VALUE_STRING) {
                    fields.put(name, MetadataValue.of(in.getText()));
                }
            }
        }
        return fields;
    }

    @Test
    void everyKindOfValueComesBackAsTheSameRow() {
        List<StoredRecord> rows = List.of(
                row("plain", Map.of("s", MetadataValue.of("x"), "i", MetadataValue.of(5),
                        "f", MetadataValue.of(5.0), "b", MetadataValue.FALSE)),
                row("numbers", Map.of("zero", MetadataValue.of(-0.0), "min", MetadataValue.of(Long.MIN_VALUE),
                        "tiny", MetadataValue.of(Double.MIN_VALUE))),
                row("arrays", Map.of("s", new MetadataValue.StrArray(List.of("a", "")),
                        "i", new MetadataValue.IntArray(List.of(1L, -1L)),
                        "f", new MetadataValue.FloatArray(List.of(1.5, -0.0)),
                        "b", new MetadataValue.BoolArray(List.of(true, false)))),
                row("sparse", Map.of("v", MetadataValue.of(new SparseVector(new int[]{1, -1},
                        new float[]{-0f, 2f}, List.of("one", "last"))))),
                row("empty arrays", Map.of("s", new MetadataValue.StrArray(List.of()),
                        "f", new MetadataValue.FloatArray(List.of()))),
                row("empty map", Map.of()), row("no map", null),
                row("many keys", many()),
                new StoredRecord("empty texts", vector(1f), null, "", ""),
                new StoredRecord("texts \0 \uD83D\uDE00", vector(-0f), null, "half of a pair: \uD83D", "uri"),
                new StoredRecord("floats", vector(Float.MIN_VALUE), null, null, null));
        List<StoredRecord> upserted = new ArrayList<>(rows);
        upserted.add(row("null", Map.of("gone", MetadataValue.NULL, "kept", MetadataValue.of("x"))));
        upserted.add(row("only nulls", Map.of("gone", MetadataValue.NULL)));
        try (World world = new World(directory)) {
            UUID added = world.collection("added");
            importUncounted(world, added, Operation.ADD, rows);
            UUID docs = world.collection("docs");
            importUncounted(world, docs, Operation.UPSERT, upserted);
            assertThat(world.log(added)).hasSize(1);
            assertThat(world.log(docs)).hasSize(1);
            Map<String, StoredRecord> stored = world.stored(docs);
            assertThat(world.history.rows(docs, "main", null, null, 100)).hasSize(upserted.size())
                    .allMatch(row -> Oracle.equal(row, stored.get(row.id())));
        }
    }

    private static LinkedHashMap<String, MetadataValue> many() {
        LinkedHashMap<String, MetadataValue> metadata = new LinkedHashMap<>();
        for (int i = 0; i < 40; i++) {
            metadata.put("key" + i * 7 % 40, MetadataValue.of(i));
        }
        return metadata;
    }

    private static StoredRecord row(String id, Map<String, MetadataValue> metadata) {
        return new StoredRecord(id, vector(0.1f), metadata, "text of " + id, null);
    }

    private static float[] vector(float first) {
        return new float[]{first, 1f / 3, -1e-38f, 3e38f, -0f, 0f, 1f, Float.MIN_NORMAL};
    }

    @Test
    void theOrderOfKeysIsNoDifference() {
        Map<String, MetadataValue> backwards = new LinkedHashMap<>();
        many().sequencedEntrySet().reversed()
                .forEach(entry -> backwards.put(entry.getKey(), entry.getValue()));
        assertThat(CanonicalRow.encode(row("a", backwards))).isEqualTo(CanonicalRow.encode(row("a", many())));
    }

    @Test
    void aRowWithAnotherVersionOrBytesLeftOverIsRefused() {
        byte[] row = CanonicalRow.encode(row("a", Map.of("k", MetadataValue.of(1))));
        assertThat(Oracle.equal(CanonicalRow.decode("a", row), row("a", Map.of("k", MetadataValue.of(1)))))
                .isTrue();
        for (int length = 0; length < row.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(row, length);
            assertThatThrownBy(() -> CanonicalRow.decode("a", cut))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        byte[] longer = java.util.Arrays.copyOf(row, row.length + 1);
        assertThatThrownBy(() -> CanonicalRow.decode("a", longer)).hasMessageContaining("left over");
        row[0] = 2;
        assertThatThrownBy(() -> CanonicalRow.decode("a", row)).hasMessageContaining("version 2");
    }
}
