package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.index.vector.VectorSegment;
import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.StoredRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors that died give their space back at the next checkpoint, and not before it. */
class ReclaimingTest {
    private static final int DIMENSION = 32;
    /** Three blocks of the arena. */
    private static final int RECORDS = 3 * 4096;

    @TempDir
    Path directory;

    /** Checkpoints come when the test says so. */
    private static ForebayOptions options() {
        return TestStores.small().withExtentBytes(32 << 20).withCheckpointIntervalMillis(3_600_000)
                .withCheckpointBytes(1L << 40);
    }

    private static void upsertAll(Forebay store, UUID collection, int version) {
        for (int from = 0; from < RECORDS; from += 2048) {
            RecordBatchBuilder builder = RecordBatch.builder(Operation.UPSERT);
            for (int i = from; i < from + 2048; i++) {
                builder.record("r-" + i, vector(i, version), null, null, null);
            }
            store.write(collection, builder.build(), WriteOptions.DEFAULT).join();
        }
        store.flush(collection, Position.APPLIED).join();
    }

    private static void deleteAll(Forebay store, UUID collection) {
        RecordBatchBuilder builder = RecordBatch.builder(Operation.DELETE);
        for (int i = 0; i < RECORDS; i++) {
            builder.record("r-" + i, null, null, null, null);
        }
        store.write(collection, builder.build(), WriteOptions.DEFAULT).join();
        store.flush(collection, Position.APPLIED).join();
    }

    private static float[] vector(int number, int version) {
        return TestStores.vector(number + 1_000_000 * version, DIMENSION);
    }

    private static void check(Forebay store, UUID collection, int version) {
        assertThat(store.health().reasons()).isEmpty();
        GetRequest all = new GetRequest(null, null, null, 0, EnumSet.of(Include.EMBEDDINGS));
        List<StoredRecord> found = store.get(collection, all, ReadOptions.DEFAULT).join();
        assertThat(found).hasSize(RECORDS);
        for (StoredRecord record : found) {
            int number = Integer.parseInt(record.id().substring(2));
            assertThat(record.embedding()).isEqualTo(vector(number, version));
        }
        for (int number = 0; number < RECORDS; number += 1511) {
            assertThat(store
                    .query(collection, QueryRequest.nearest(vector(number, version), 1), ReadOptions.DEFAULT)
                    .join().get(0).get(0).record().id()).isEqualTo("r-" + number);
        }
    }

    private static long vectorBytes(Path store) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.walk(store.resolve("vectors"))) {
            for (Path file : files.filter(it -> it.getFileName().toString().startsWith("block-")).toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    private static VectorSegment segment(Forebay store, UUID collection) {
        return java.util.Objects.requireNonNull(
                store.store.loading.forUse(store.store.catalog.collection(collection)));
    }

    @Test
    void afterReplacingAllThreeTimesTheVectorsTakeNoMoreThanFreshOnes() throws IOException {
        UUID docs;
        long fresh;
        try (Forebay store = Forebay.open(directory, options())) {
            docs = TestStores.create(store, "docs");
            upsertAll(store, docs, 0);
            fresh = vectorBytes(directory);
            long told = store.stats().vectorBytes();
            assertThat(told).isBetween(fresh * 9 / 10, fresh);
            for (int version = 1; version <= 3; version++) {
                upsertAll(store, docs, version);
            }
            assertThat(vectorBytes(directory)).isEqualTo(4 * fresh);
            store.store.checkpointer.run();
            assertThat(vectorBytes(directory)).isLessThanOrEqualTo(fresh * 13 / 10);
            assertThat(store.stats().vectorBytes()).isEqualTo(told);
            check(store, docs, 3);
        }
        try (Forebay store = Forebay.open(directory, options())) {
            assertThat(vectorBytes(directory)).isLessThanOrEqualTo(fresh * 13 / 10);
            check(store, docs, 3);
            deleteAll(store, docs);
            store.store.checkpointer.run();
            assertThat(vectorBytes(directory)).isZero();
            assertThat(store.stats().vectorBytes()).isZero();
            assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isZero();
            upsertAll(store, docs, 4);
        }
        try (Forebay store = Forebay.open(directory, options())) {
            check(store, docs, 4);
            assertThat(vectorBytes(directory)).isLessThanOrEqualTo(fresh * 13 / 10);
        }
    }

    @Test
    void aKillBeforeTheFlushFindsTheOldVectorsAgain() throws IOException {
        List<Path> images = new ArrayList<>();
        UUID docs;
        try (Forebay store = Forebay.open(Files.createDirectory(directory.resolve("store")), options())) {
            docs = TestStores.create(store, "docs");
            upsertAll(store, docs, 0);
            store.store.checkpointer.run();
            images.add(image(0));
            upsertAll(store, docs, 1);
            images.add(image(1));
            store.store.checkpointer.run();
            images.add(image(2));
            // What a checkpoint never does: without a flush before it.
            upsertAll(store, docs, 2);
            assertThat(segment(store, docs).reclaim(segment(store, docs).reclaimable())).isEqualTo(3);
            images.add(image(3));
        }
        int[] version = {0, 1, 1};
        for (int i = 0; i < version.length; i++) {
            try (Forebay store = Forebay.open(images.get(i), options())) {
                assertThat(segment(store, docs).stats().damaged()).isZero();
                check(store, docs, version[i]);
            }
        }
        // The damage is what the test above looks for.
        try (Forebay store = Forebay.open(images.get(3), options())) {
            assertThat(segment(store, docs).stats().damaged()).isEqualTo(RECORDS);
        }
    }

    /** The store's files as a kill at this moment would leave them. */
    private Path image(int number) throws IOException {
        Path to = directory.resolve("image-" + number);
        StoreImage.copy(directory.resolve("store"), to);
        return to;
    }
}
