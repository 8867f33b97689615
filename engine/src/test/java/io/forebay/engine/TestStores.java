package io.forebay.engine;

import io.forebay.model.Database;
import io.forebay.model.Durability;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Small stores and small batches for tests. */
final class TestStores {
    private TestStores() {}

    /** Small files, so that opening is quick and extents roll. */
    static ForebayOptions small() {
        return ForebayOptions.defaults().withExtentBytes(4 << 20).withDiskReserveBytes(0)
                .withRocksCacheBytes(16 << 20).withReadTimeoutMillis(120_000);
    }

    static ForebayOptions smallOs() {
        return small().withDurability(Durability.OS);
    }

    static UUID create(Forebay store, String name) {
        return store.getOrCreateCollection(name, io.forebay.model.CollectionConfig.DEFAULT).id();
    }

    static void drop(Forebay store, String name) {
        store.deleteCollection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, name).join();
    }

    /** Records {@code prefix-from} to {@code prefix-(to-1)} with embeddings that follow from their numbers. */
    static RecordBatch batch(Operation operation, String prefix, int from, int to, int dimension) {
        RecordBatchBuilder builder = RecordBatch.builder(operation);
        for (int i = from; i < to; i++) {
            builder.record(prefix + "-" + i, vector(i, dimension), "document " + i,
                    Map.of("n", MetadataValue.of(i), "parity", MetadataValue.of(i % 2 == 0 ? "even" : "odd")),
                    null);
        }
        return builder.build();
    }

    static float[] vector(int number, int dimension) {
        Random random = new Random(number);
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    static long seed() {
        String given = System.getProperty("forebay.seed");
        long seed = given == null ? System.nanoTime() : Long.parseLong(given);
        System.err.println("seed=" + seed + " (repeat with -Dforebay.seed=" + seed + ")");
        return seed;
    }
}
