package io.forebay.engine;

import io.forebay.model.CollectionConfig;
import io.forebay.model.DeleteRequest;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.SparseVector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/** Writes of all kinds to a few collections: what a check must find sound, whenever it comes. */
final class RandomWork {
    private static final int DIMENSION = 8;
    private static final int IDS = 900;
    private static final String[] WORDS = {"basin", "turbine", "water", "gate", "log", "größe", "水",
            "penstock"};

    private final Random random;
    private final Forebay store;
    private final List<UUID> collections = new ArrayList<>();

    RandomWork(Forebay store, long seed) {
        this.store = store;
        this.random = new Random(seed);
        for (String name : List.of("docs", "other", "third")) {
            collections.add(store.getOrCreateCollection(name, CollectionConfig.DEFAULT).id());
        }
    }

    UUID first() {
        return collections.getFirst();
    }

    void steps(int count) {
        for (int i = 0; i < count; i++) {
            UUID collection = collections.get(random.nextInt(collections.size()));
            switch (random.nextInt(10)) {
                case 0 -> store.delete(collection, new DeleteRequest(List.copyOf(ids(20)), null, null),
                        WriteOptions.DEFAULT).join();
                case 1, 2 -> write(collection, Operation.UPDATE);
                case 3, 4 -> write(collection, Operation.ADD);
                default -> write(collection, Operation.UPSERT);
            }
        }
        if (random.nextInt(3) == 0) {
            UUID forked = store.forkCollection(first(), "fork-" + random.nextInt()).join().id();
            write(forked, Operation.UPSERT);
        }
    }

    /** Enough for trigrams and a stored graph. */
    void fill() {
        RecordBatchBuilder batch = RecordBatch.builder(Operation.UPSERT);
        for (int i = 0; i < IDS; i++) {
            record(batch, "id-" + i, true);
        }
        store.write(first(), batch.build(), WriteOptions.DEFAULT).join();
    }

    private Set<String> ids(int most) {
        Set<String> ids = new HashSet<>();
        for (int i = random.nextInt(most) + 1; i > 0; i--) {
            ids.add("id-" + random.nextInt(IDS));
        }
        return ids;
    }

    private void write(UUID collection, Operation operation) {
        RecordBatchBuilder batch = RecordBatch.builder(operation);
        boolean withVectors = operation != Operation.UPDATE || random.nextBoolean();
        ids(60).forEach(id -> record(batch, id, withVectors));
        WriteOptions options = random.nextInt(3) == 0
                ? WriteOptions.ofKey("key-" + Long.toHexString(random.nextLong()))
                : WriteOptions.DEFAULT;
        store.write(collection, batch.build(), options).join();
    }

    private void record(RecordBatchBuilder batch, String id, boolean withVector) {
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        batch.record(id, withVector ? vector : null, random.nextInt(4) == 0 ? null : text(),
                random.nextInt(6) == 0 ? null : metadata(), random.nextInt(5) == 0 ? "file:/" + id : null);
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i >= 0; i--) {
            text.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextInt(100)).append(' ');
        }
        return text.toString();
    }

    private Map<String, MetadataValue> metadata() {
        Map<String, MetadataValue> all = new HashMap<>();
        all.put("page", MetadataValue.of(random.nextInt(50)));
        all.put("score", MetadataValue.of(random.nextDouble()));
        all.put(random.nextBoolean() ? "title" : "größe",
                MetadataValue.of(WORDS[random.nextInt(WORDS.length)]));
        all.put("flag", random.nextInt(3) == 0
                ? new MetadataValue.Null()
                : MetadataValue.of(random.nextBoolean()));
        if (random.nextInt(4) == 0) {
            all.put("long", MetadataValue.of("x".repeat(70 + random.nextInt(3))));
            all.put("big", MetadataValue.of((1L << 53) + random.nextInt(4)));
            all.put("odd", MetadataValue.of(random.nextBoolean() ? Double.NaN : -0.0));
        }
        if (random.nextInt(3) == 0) {
            all.put("tags",
                    new MetadataValue.StrArray(List.of(WORDS[random.nextInt(8)], WORDS[random.nextInt(8)])));
            all.put("numbers", new MetadataValue.IntArray(List.of(1L, (long) random.nextInt(9), 1L)));
        }
        if (random.nextInt(3) == 0) {
            int from = random.nextInt(30);
            all.put("sparse", new MetadataValue.Sparse(new SparseVector(new int[]{from, from + 3, 900},
                    new float[]{random.nextFloat(), 0.5f, random.nextFloat()})));
        }
        return all;
    }
}
