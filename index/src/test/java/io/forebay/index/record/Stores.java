package io.forebay.index.record;

import io.forebay.index.record.RecordReader.Row;
import io.forebay.index.record.RecordStore.CollectionState;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.Where;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the tests of this package share: a store with small buffers, batches in a line, answers as text. */
final class Stores {
    static final int C = 7;
    private static final float[] VECTOR = {1, 2};

    private Stores() {}

    static RecordStore open(Path directory) {
        return open(directory, () -> {});
    }

    static RecordStore open(Path directory, Runnable beforeFlush) {
        return RecordStore.open(directory, small(), beforeFlush);
    }

    static RecordStoreConfig small() {
        return new RecordStoreConfig(1 << 20, 8 << 20, 8 << 20, 2, 1 << 20);
    }

    /** Applies and commits one batch right behind what was applied. */
    static CollectionState apply(RecordStore store, int collection, RecordBatch batch) {
        Applier applier = store.applier(collection);
        long applied = store.state(collection).appliedSeqId();
        applier.add(batch, applied + 1, applied + Math.max(1, batch.size()));
        return applier.commit();
    }

    static RecordBatch add(String... ids) {
        RecordBatchBuilder batch = RecordBatch.builder(Operation.ADD);
        for (String id : ids) {
            batch.record(id, VECTOR);
        }
        return batch.build();
    }

    static RecordBatch delete(String... ids) {
        return RecordBatch.builder(Operation.DELETE).ids(List.of(ids)).build();
    }

    static RecordBatch one(Operation operation, String id, float @Nullable [] embedding,
            @Nullable String document, @Nullable Map<String, MetadataValue> metadata, @Nullable String uri) {
        return RecordBatch.builder(operation).record(id, embedding, document, metadata, uri).build();
    }

    static RecordBatch addOne(String id, @Nullable String document,
            @Nullable Map<String, MetadataValue> metadata) {
        return one(Operation.ADD, id, VECTOR, document, metadata, null);
    }

    /** {@code metadata("a", 1L, "b", "text", "c", null)}. */
    static Map<String, MetadataValue> metadata(Object... keysAndValues) {
        Map<String, MetadataValue> metadata = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            metadata.put((String) keysAndValues[i], value(keysAndValues[i + 1]));
        }
        return metadata;
    }

    static MetadataValue value(@Nullable Object value) {
        return switch (value) {
            case null -> MetadataValue.NULL;
            case String s -> MetadataValue.of(s);
            case Integer i -> MetadataValue.of(i.longValue());
            case Long i -> MetadataValue.of(i);
            case Double f -> MetadataValue.of(f);
            case Boolean b -> MetadataValue.of(b);
            case MetadataValue v -> v;
            default -> throw new IllegalArgumentException(value.toString());
        };
    }

    /** Ids in the order of reads. */
    static List<String> ids(RecordStore store, int collection) {
        return ids(store, collection, null, null, 0, -1);
    }

    static List<String> ids(RecordStore store, int collection, @Nullable List<String> ids,
            @Nullable Where where, int offset, int limit) {
        try (RecordReader reader = store.read(collection)) {
            List<String> found = new ArrayList<>();
            for (Row row : reader.fetch(reader.select(ids, where, offset, limit), false, false, false)) {
                found.add(row.id());
            }
            return found;
        }
    }

    /** One record with all its fields; null when it does not exist. */
    static @Nullable Row get(RecordStore store, int collection, String id) {
        try (RecordReader reader = store.read(collection)) {
            int[] rows = reader.rows(List.of(id));
            return rows.length == 0 ? null : reader.fetch(rows, true, true, true).getFirst();
        }
    }
}
