package io.forebay.index.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.MetadataType;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is remembered of the metadata keys of a collection's records. */
class SeenKeysTest {
    private static final int INT = MetadataType.INT.bit();
    private static final int STRING = MetadataType.STRING.bit();

    @TempDir
    Path directory;

    private static RecordBatch batch(Operation operation, String id, Map<String, MetadataValue> metadata) {
        float[] embedding = operation == Operation.UPDATE ? null : new float[]{1};
        return Stores.one(operation, id, embedding, null, metadata, null);
    }

    private static Map<String, MetadataValue> of(String key, MetadataValue value) {
        return Map.of(key, value);
    }

    /** The second record is new and has no embedding, which no builder makes. */
    private static RecordBatch poisoned() {
        RecordBatch update = RecordBatch.builder(Operation.UPDATE)
                .record("b", new float[]{1}, null, of("poisoned", MetadataValue.of(1)), null)
                .record("c", null, null, null, null).build();
        byte[] bytes = new byte[update.encodedBytes()];
        update.encoded().get(bytes);
        bytes[5] = (byte) Operation.UPSERT.code();
        return RecordBatch.wrap(ByteBuffer.wrap(bytes));
    }

    private static void apply(RecordStore store, RecordBatch batch) {
        Stores.apply(store, 1, batch);
    }

    @Test
    void keysAreSeenWithAllTheirTypesAndStayAfterARestart() {
        Map<String, MetadataValue> all = new LinkedHashMap<>();
        all.put("s", MetadataValue.of("x"));
        all.put("i", MetadataValue.of(5));
        all.put("f", MetadataValue.of(5.0));
        all.put("b", MetadataValue.of(true));
        all.put("as", new MetadataValue.StrArray(List.of("x")));
        all.put("ai", new MetadataValue.IntArray(List.of(1L)));
        all.put("af", new MetadataValue.FloatArray(List.of(1.5)));
        all.put("ab", new MetadataValue.BoolArray(List.of(true)));
        all.put("empty", new MetadataValue.StrArray(List.of()));
        all.put("chroma:hidden", MetadataValue.of(1));
        Map<String, Integer> expected = new TreeMap<>(Map.of("s", 1, "i", 2, "f", 4, "b", 8, "as", 1, "ai", 2,
                "af", 4, "ab", 8));
        try (RecordStore store = Stores.open(directory)) {
            assertThat(store.seenKeys(1)).isEmpty();
            apply(store, batch(Operation.ADD, "a", all));
            assertThat(store.seenKeys(1)).isEqualTo(expected);
            apply(store, batch(Operation.UPDATE, "a", of("i", MetadataValue.of("text"))));
            expected.put("i", INT | STRING);
            assertThat(store.seenKeys(1)).isEqualTo(expected);
        }
        try (RecordStore store = Stores.open(directory)) {
            assertThat(store.state(1).live()).isEqualTo(1);
            assertThat(store.seenKeys(1)).isEqualTo(expected);
        }
    }

    @Test
    void onlyWhatWasWrittenIsSeenAndItStaysWhenItIsGone() {
        try (RecordStore store = Stores.open(directory)) {
            apply(store, batch(Operation.ADD, "a", of("k", MetadataValue.of(1))));
            apply(store, batch(Operation.ADD, "a", of("ignored", MetadataValue.of(1))));
            apply(store, batch(Operation.UPDATE, "none", of("nobody", MetadataValue.of(1))));
            apply(store, batch(Operation.UPDATE, "a", of("k", MetadataValue.NULL)));
            apply(store, Stores.delete("a"));
            assertThat(store.seenKeys(1)).isEqualTo(Map.of("k", INT));
            assertThat(store.seenKeys(2)).isEmpty();
            store.drop(1);
            assertThat(store.seenKeys(1)).isEmpty();
        }
    }

    @Test
    void whatWasNotCommittedWasNotSeen() {
        try (RecordStore store = Stores.open(directory)) {
            Applier applier = store.applier(1);
            applier.add(batch(Operation.ADD, "a", of("aborted", MetadataValue.of(1))), 1, 1);
            assertThat(store.seenKeys(1)).isEmpty();
            applier.abort();
            applier.add(batch(Operation.ADD, "a", of("kept", MetadataValue.of(1))), 1, 1);
            RecordBatch poisoned = poisoned();
            assertThatThrownBy(() -> applier.add(poisoned, 2, 3)).isInstanceOf(RuntimeException.class);
            applier.skip(2, 3, 2);
            applier.commit();
            assertThat(store.seenKeys(1)).isEqualTo(Map.of("kept", INT));
            store.applier(1).add(batch(Operation.ADD, "d", of("left", MetadataValue.of(1))), 4, 4);
            apply(store, batch(Operation.ADD, "e", of("left", MetadataValue.of("x"))));
            assertThat(store.seenKeys(1)).isEqualTo(Map.of("kept", INT, "left", STRING));
        }
        try (RecordStore store = Stores.open(directory)) {
            assertThat(store.seenKeys(1)).isEqualTo(Map.of("kept", INT, "left", STRING));
        }
    }

    @Test
    void moreKeysThanTheBoundAreNotRemembered() {
        try (RecordStore store = Stores.open(directory)) {
            for (int i = 0; i < SeenKeys.KEYS_MAX + 10; i++) {
                apply(store, batch(Operation.UPSERT, "a", of("key-" + i, MetadataValue.of(1))));
            }
            apply(store, batch(Operation.UPSERT, "a", of("key-5", MetadataValue.of("x"))));
            apply(store, batch(Operation.UPSERT, "a",
                    of("k".repeat(SeenKeys.KEY_BYTES_MAX + 1), MetadataValue.of(1))));
            assertThat(store.seenKeys(1)).hasSize(SeenKeys.KEYS_MAX).containsEntry("key-0", INT)
                    .containsEntry("key-5", INT | STRING)
                    .containsKey("key-" + (SeenKeys.KEYS_MAX - 1)).doesNotContainKey("key-1024");
        }
    }

    @Test
    void randomKeysAreSeenAsAMapSeesThem() {
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        Random random = new Random(seed);
        Map<String, Integer> expected = new HashMap<>();
        try (RecordStore store = Stores.open(directory)) {
            for (int i = 0; i < 300; i++) {
                Map<String, MetadataValue> metadata = new HashMap<>();
                for (int j = random.nextInt(40); j >= 0; j--) {
                    String key = "ключ-" + random.nextInt(1 + i * 3);
                    boolean number = random.nextBoolean();
                    if (metadata.putIfAbsent(key,
                            number ? MetadataValue.of(j) : MetadataValue.of("t")) == null) {
                        expected.merge(key, number ? INT : STRING, (a, b) -> a | b);
                    }
                }
                apply(store, batch(Operation.UPSERT, "id-" + random.nextInt(20), metadata));
            }
            assertThat(store.seenKeys(1)).as("seed " + seed).isEqualTo(expected);
        }
        try (RecordStore store = Stores.open(directory)) {
            assertThat(store.seenKeys(1)).as("seed " + seed).isEqualTo(expected);
        }
    }
}
