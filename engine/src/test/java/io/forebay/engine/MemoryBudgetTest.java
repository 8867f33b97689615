package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.index.vector.IndexEngine;
import io.forebay.model.DeleteRequest;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.Include;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code index.memory_max}: collections go and come back, and nobody sees more of it than time. */
class MemoryBudgetTest {
    private static final int DIMENSION = 32;
    private static final int COUNT = 2_000;
    private static final int COLLECTIONS = 5;

    @TempDir
    Path directory;

    private Forebay open(long memoryMax) {
        return Forebay.open(directory, TestStores.smallOs().withExtentBytes(32 << 20)
                .withIndex(new IndexOptions(IndexEngine.NATIVE, memoryMax)));
    }

    private static UUID filled(Forebay store, String name, int count) {
        UUID id = TestStores.create(store, name);
        write(store, id, Operation.ADD, name, 0, count);
        return id;
    }

    private static void write(Forebay store, UUID id, Operation operation, String prefix, int from, int to) {
        store.write(id, TestStores.batch(operation, prefix, from, to, DIMENSION), WriteOptions.DEFAULT)
                .join();
        store.flush(id, Position.LINKED).join();
    }

    private static List<UUID> five(Forebay store) {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < COLLECTIONS; i++) {
            ids.add(filled(store, "docs" + i, COUNT));
        }
        return ids;
    }

    private static String nearest(Forebay store, UUID id, int number, ReadLevel level) {
        List<Hit> hits = store.query(id, QueryRequest.nearest(TestStores.vector(number, DIMENSION), 1),
                ReadOptions.of(level)).join().getFirst();
        return hits.isEmpty() ? "" : hits.getFirst().record().id();
    }

    private static CollectionRuntime runtime(Forebay store, UUID id) {
        return store.store.catalog.collection(id);
    }

    private static void unload(Forebay store, UUID... ids) {
        for (UUID id : ids) {
            // An indexer may be about to leave the collection.
            await().until(() -> {
                store.store.budget.unloadBeyond(0);
                return runtime(store, id).held.isCold();
            });
        }
    }

    private static long loadedBytes(Forebay store) {
        VectorMemory memory = store.stats().vectorMemory();
        return memory.codeBytes() + memory.graphBytes();
    }

    private long bytesOfOne() {
        try (Forebay store = open(0)) {
            filled(store, "one", COUNT);
            long bytes = loadedBytes(store);
            TestStores.drop(store, "one");
            return bytes;
        }
    }

    @Test
    void aBudgetForTwoOfFiveCollectionsIsKeptAndAllAnswer() {
        long max = 2 * bytesOfOne() + 1;
        List<UUID> ids;
        try (Forebay store = open(max)) {
            ids = five(store);
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < COLLECTIONS; i++) {
                    assertThat(nearest(store, ids.get(i), 100 * round, ReadLevel.INDEX_AND_WAL))
                            .isEqualTo("docs" + i + "-" + 100 * round);
                }
                await().atMost(Duration.ofSeconds(90)).until(() -> loadedBytes(store) <= max);
                assertThat(store.stats().vectorMemory().cold()).isEqualTo(3);
                // Used longest ago: those that were asked first.
                assertThat(runtime(store, ids.get(0)).held.isCold()).isTrue();
                assertThat(runtime(store, ids.get(4)).held.isCold()).isFalse();
            }
            VectorMemory memory = store.stats().vectorMemory();
            assertThat(memory.loads()).isGreaterThanOrEqualTo(6);
            assertThat(memory.unloads()).isEqualTo(memory.loads() + 3);
            assertThat(memory.loadNanos()).isPositive();
            assertThat(store.health().status()).isEqualTo(Health.Status.GREEN);
        }
        try (Forebay store = open(max)) {
            // Without a look of the checkpointer: what a start opens is not more than it may keep.
            store.store.opening.tried().join();
            assertThat(loadedBytes(store)).isBetween(1L, max);
            for (int i = 0; i < COLLECTIONS; i++) {
                assertThat(nearest(store, ids.get(i), 1_999, ReadLevel.INDEX_ONLY))
                        .isEqualTo("docs" + i + "-1999");
            }
        }
        try (Forebay store = open(1)) {
            store.store.opening.tried().join();
            assertThat(store.stats().vectorMemory().cold()).isEqualTo(COLLECTIONS);
            for (UUID id : ids) {
                store.flush(id, Position.LINKED).join();
                assertThat(store.status(id).records()).isEqualTo(COUNT);
            }
        }
    }

    @Test
    void whatNeedsNoVectorsLoadsNothing() {
        try (Forebay store = open(0)) {
            UUID id = filled(store, "docs", COUNT);
            long diskBytes = store.stats().vectorBytes();
            unload(store, id);
            assertThat(store.count(id, ReadOptions.DEFAULT).join()).isEqualTo(COUNT);
            assertThat(store.get(id, GetRequest.first(7), ReadOptions.DEFAULT).join()).hasSize(7);
            store.delete(id, DeleteRequest.ofIds("not there"), WriteOptions.DEFAULT).join();
            store.write(id, RecordBatch.builder(Operation.UPDATE)
                    .record("docs-7", null, "other", Map.of("n", MetadataValue.of(-1)), null).build(),
                    WriteOptions.DEFAULT).join();
            store.flush(id, Position.LINKED).join();
            assertThat(store.status(id).linkedSeqId()).isEqualTo(store.status(id).appliedSeqId());
            store.store.checkpointer.run();
            assertThat(store.health().status()).isEqualTo(Health.Status.GREEN);
            assertThat(store.stats().vectorBytes()).isEqualTo(diskBytes);
            assertThat(runtime(store, id).held.isCold()).isTrue();
            assertThat(store.stats().vectorMemory().loads()).isZero();
            GetRequest embeddings = new GetRequest(List.of("docs-7"), null, null, 0,
                    EnumSet.of(Include.EMBEDDINGS, Include.DOCUMENTS));
            StoredRecord found = store.get(id, embeddings, ReadOptions.DEFAULT).join().getFirst();
            assertThat(found.embedding()).isEqualTo(TestStores.vector(7, DIMENSION));
            assertThat(found.document()).isEqualTo("other");
            assertThat(store.stats().vectorMemory().loads()).isEqualTo(1);
        }
    }

    @Test
    void whatIsWrittenToColdCollectionsIsFoundAlsoAfterARestart() {
        UUID docs;
        UUID few;
        try (Forebay store = open(0)) {
            docs = filled(store, "docs", COUNT);
            few = filled(store, "few", 10);
            unload(store, docs, few);
            write(store, docs, Operation.ADD, "docs", COUNT, COUNT + 10);
            unload(store, docs);
            write(store, docs, Operation.UPSERT, "docs", 0, 5);
            unload(store, docs);
            store.delete(docs, DeleteRequest.ofIds("docs-9"), WriteOptions.DEFAULT).join();
            unload(store, docs);
            write(store, few, Operation.ADD, "few", 10, 20);
            unload(store, few);
            assertThat(store.stats().vectorMemory().loads()).isEqualTo(4);
            checkAll(store, docs, few);
        }
        try (Forebay store = open(1)) {
            checkAll(store, docs, few);
        }
    }

    /** What a killed process leaves: the files as they are, without what RocksDB had in memory. */
    @Test
    void aKillFindsWhatWasWrittenAroundAnUnload(@TempDir Path copy) throws IOException {
        UUID docs;
        UUID few;
        try (Forebay store = open(0)) {
            docs = filled(store, "docs", COUNT);
            few = filled(store, "few", 10);
            store.store.checkpointer.run();
            unload(store, docs, few);
            write(store, docs, Operation.ADD, "docs", COUNT, COUNT + 10);
            store.delete(docs, DeleteRequest.ofIds("docs-9"), WriteOptions.DEFAULT).join();
            write(store, few, Operation.ADD, "few", 10, 20);
            unload(store, docs, few);
            StoreImage.copy(directory, copy);
        }
        try (Forebay store = Forebay.open(copy, TestStores.smallOs().withExtentBytes(32 << 20))) {
            store.flush(docs, Position.LINKED).join();
            store.flush(few, Position.LINKED).join();
            checkAll(store, docs, few);
            assertThat(store.health().status()).isEqualTo(Health.Status.GREEN);
        }
    }

    @Test
    void aColdCollectionWhoseGraphIsDamagedIsLinkedAgain() throws IOException {
        try (Forebay store = open(0)) {
            UUID id = filled(store, "docs", COUNT);
            unload(store, id);
            Path graph = directory.resolve("vectors/" + runtime(store, id).number + "/graph");
            byte[] bytes = Files.readAllBytes(graph);
            bytes[bytes.length / 2] ^= 1;
            Files.write(graph, bytes);
            assertThat(nearest(store, id, 1_234, ReadLevel.INDEX_AND_WAL)).isEqualTo("docs-1234");
            await().until(() -> runtime(store, id).vectors().linked() == COUNT);
            assertThat(nearest(store, id, 1_234, ReadLevel.INDEX_ONLY)).isEqualTo("docs-1234");
            assertThat(store.status(id).linkedSeqId()).isEqualTo(store.status(id).appliedSeqId());
        }
    }

    private static void checkAll(Forebay store, UUID docs, UUID few) {
        assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(COUNT + 9);
        for (ReadLevel level : List.of(ReadLevel.INDEX_ONLY, ReadLevel.INDEX_AND_WAL)) {
            for (int number : new int[]{0, 4, 10, 1_000, COUNT - 1, COUNT, COUNT + 9}) {
                assertThat(nearest(store, docs, number, level)).isEqualTo("docs-" + number);
            }
            assertThat(nearest(store, docs, 9, level)).isNotEqualTo("docs-9");
            assertThat(nearest(store, few, 19, level)).isEqualTo("few-19");
        }
    }

    @Test
    void aColdCollectionTakesANewWidthAndIsDroppedAndReset() {
        try (Forebay store = open(0)) {
            UUID id = filled(store, "docs", 100);
            UUID other = filled(store, "other", 100);
            UUID third = filled(store, "third", 100);
            unload(store, id, other, third);
            store.updateCollection(id,
                    CollectionChange.NONE.withEfSearch(333))
                    .join();
            assertThat(runtime(store, id).held.isCold()).isTrue();
            assertThat(nearest(store, id, 5, ReadLevel.INDEX_AND_WAL)).isEqualTo("docs-5");
            assertThat(runtime(store, id).info().config().hnsw().efSearch()).isEqualTo(333);
            assertThat(runtime(store, id).vectors().efSearch()).isEqualTo(333);
            int number = runtime(store, other).number;
            TestStores.drop(store, "other");
            await().until(() -> !directory.resolve("vectors/" + number).toFile().exists());
            store.reset().join();
            await().until(() -> directory.resolve("vectors").toFile().list().length == 0);
            assertThat(store.stats().vectorMemory().cold()).isZero();
        }
    }

    @Test
    void deadBlocksAreGivenBackBeforeACollectionIsUnloaded() {
        try (Forebay store = open(0)) {
            UUID id = filled(store, "docs", 4_096);
            Path block = directory.resolve("vectors/" + runtime(store, id).number);
            write(store, id, Operation.UPSERT, "docs", 0, 4_096);
            store.store.budget.unloadBeyond(0);
            assertThat(runtime(store, id).held.isCold()).isFalse();
            store.store.checkpointer.run();
            unload(store, id);
            assertThat(block.toFile().list((folder, name) -> name.startsWith("block"))).hasSize(1);
            assertThat(nearest(store, id, 4_000, ReadLevel.INDEX_ONLY)).isEqualTo("docs-4000");
            assertThat(store.health().status()).isEqualTo(Health.Status.GREEN);
        }
    }
}
