package io.forebay.engine;

import io.forebay.model.DeleteRequest;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.WriteAck;
import io.forebay.model.Where;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * What each writer of {@link IdempotencyCrashTest} does, step by step. Doing a step twice shows: an upsert takes its ids
 * back to an old version, an add brings back what was deleted, a delete by filter finds what came since, and each of
 * them counts as operations.
 */
final class IdempotencyOracle {
    static final int STEPS_MAX = 100_000;
    private static final int DIMENSION = 16;
    private static final int IDS = 60;
    private static final int BATCH_RECORDS = 20;
    private static final int GROUPS = 4;

    private final int writer;
    /** Id to version, and operations, after the steps so far. */
    final Map<String, Integer> state = new TreeMap<>();
    long operations;
    private int steps;

    IdempotencyOracle(int writer) {
        this.writer = writer;
    }

    static String key(int writer, int step) {
        return "writer-" + writer + "/step-" + step;
    }

    static String group(int writer, String id) {
        return "w" + writer + "-g" + Math.floorMod(id.hashCode(), GROUPS);
    }

    /** One write of this writer; the same whenever it is made again. */
    static CompletableFuture<WriteAck> send(Forebay store, UUID collection, int writer, int step) {
        WriteOptions options = WriteOptions.ofKey(key(writer, step));
        Random random = random(writer, step);
        int kind = random.nextInt(10);
        if (kind == 0) {
            Where group = new Where.Compare("group", Where.Comparison.EQ,
                    MetadataValue.of("w" + writer + "-g" + random.nextInt(GROUPS)));
            return store.delete(collection, new DeleteRequest(null, group, null), options);
        }
        RecordBatchBuilder batch = RecordBatch.builder(kind < 5 ? Operation.ADD : Operation.UPSERT);
        for (String id : ids(writer, random)) {
            // Sorted, because the order of Map.of differs from process to process, and a retry repeats the bytes.
            Map<String, MetadataValue> metadata = new TreeMap<>(
                    Map.of("version", MetadataValue.of(step), "group",
                            MetadataValue.of(group(writer, id))));
            batch.record(id, TestStores.vector(id.hashCode() + step, DIMENSION), null, metadata, null);
        }
        return store.write(collection, batch.build(), options);
    }

    /** Takes the next steps, up to this one. */
    IdempotencyOracle advanceTo(int wanted) {
        for (; steps < wanted; steps++) {
            Random random = random(writer, steps);
            int version = steps;
            int kind = random.nextInt(10);
            if (kind == 0) {
                String group = "w" + writer + "-g" + random.nextInt(GROUPS);
                int before = state.size();
                state.keySet().removeIf(id -> group(writer, id).equals(group));
                operations += Math.max(1, before - state.size());
                continue;
            }
            List<String> ids = ids(writer, random);
            ids.forEach(id -> {
                if (kind >= 5 || !state.containsKey(id)) {
                    state.put(id, version);
                }
            });
            operations += ids.size();
        }
        return this;
    }

    private static Random random(int writer, int step) {
        return new Random(writer * 1_000_003L + step);
    }

    private static List<String> ids(int writer, Random random) {
        return random.ints(0, IDS).distinct().limit(BATCH_RECORDS).mapToObj(i -> "w" + writer + "-" + i)
                .toList();
    }
}
