package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.index.vector.VectorSegment;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start finds what was linked before, and a graph that cannot be written stops nothing. */
class GraphStoringTest {
    private static final int DIMENSION = 16;

    @TempDir
    Path directory;

    /** Checkpoints come when the test says so. */
    private static ForebayOptions options() {
        return TestStores.small().withExtentBytes(32 << 20).withCheckpointIntervalMillis(3_600_000)
                .withCheckpointBytes(1L << 40);
    }

    private static void add(Forebay store, UUID collection, int from, int to) {
        for (int at = from; at < to; at += 1_000) {
            store.write(collection,
                    TestStores.batch(Operation.ADD, "r", at, Math.min(to, at + 1_000), DIMENSION),
                    WriteOptions.DEFAULT).join();
        }
        store.flush(collection, Position.LINKED).join();
    }

    private static VectorSegment segment(Forebay store, UUID collection) {
        return Objects.requireNonNull(
                store.store.loading.forUse(store.store.catalog.collection(collection)));
    }

    private Path graph(Forebay store, UUID collection) {
        return directory.resolve("vectors/" + store.store.catalog.collection(collection).number + "/graph");
    }

    @Test
    void checkpointsStoreWhatHasGrownAndACloseTheRest() throws IOException {
        UUID docs;
        UUID few;
        Path file;
        try (Forebay store = Forebay.open(directory, options())) {
            docs = TestStores.create(store, "docs");
            few = TestStores.create(store, "few");
            add(store, few, 0, 100);
            add(store, docs, 0, 4_000);
            file = graph(store, docs);
            store.store.checkpointer.run();
            assertThat(file).doesNotExist();
            add(store, docs, 4_000, 5_000);
            store.store.checkpointer.run();
            long first = Files.size(file);
            add(store, docs, 5_000, 6_000);
            store.store.checkpointer.run();
            assertThat(file).hasSize(first);
        }
        assertThat(file).exists();
        try (Forebay store = Forebay.open(directory, options())) {
            // By construction: nothing is left for the indexers.
            assertThat(segment(store, docs).linked()).isEqualTo(6_000);
            assertThat(store.status(docs).linkedSeqId()).isEqualTo(store.status(docs).appliedSeqId());
            assertThat(graph(store, few)).doesNotExist();
            store.flush(few, Position.LINKED).join();
            for (int number = 0; number < 6_000; number += 599) {
                assertThat(store
                        .query(docs, QueryRequest.nearest(TestStores.vector(number, DIMENSION), 1),
                                ReadOptions.DEFAULT)
                        .join().get(0).get(0).record().id()).isEqualTo("r-" + number);
            }
            TestStores.drop(store, "docs");
            TestStores.drop(store, "few");
            await().until(() -> store.removalsWaiting() == 0);
        }
        assertThat(file.getParent()).doesNotExist();
    }

    @Test
    void aGraphThatCannotBeWrittenIsShownInHealthAndStopsNothing() throws IOException {
        try (Forebay store = Forebay.open(directory, options())) {
            UUID docs = TestStores.create(store, "docs");
            add(store, docs, 0, 5_000);
            Path inTheWay = graph(store, docs).resolveSibling("graph.tmp");
            Files.createDirectory(inTheWay);
            store.store.checkpointer.run();
            assertThat(store.health().reasons()).singleElement().asString()
                    .contains("the graph of collection", "could not be written");
            add(store, docs, 5_000, 5_100);
            Files.delete(inTheWay);
            store.store.checkpointer.run();
            assertThat(store.health().reasons()).isEmpty();
            assertThat(graph(store, docs)).exists();
        }
    }

    @Test
    void aDamagedGraphIsBuiltAgainWhileQueriesAreAnswered() throws IOException {
        UUID docs;
        Path file;
        try (Forebay store = Forebay.open(directory, options())) {
            docs = TestStores.create(store, "docs");
            add(store, docs, 0, 5_000);
            file = graph(store, docs);
        }
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        try (Forebay store = Forebay.open(directory, options())) {
            assertThat(store.query(docs, QueryRequest.nearest(TestStores.vector(77, DIMENSION), 1),
                    ReadOptions.DEFAULT).join().get(0).get(0).record().id()).isEqualTo("r-77");
            assertThat(store.health().reasons()).isEmpty();
            store.flush(docs, Position.LINKED).join();
            assertThat(segment(store, docs).linked()).isEqualTo(5_000);
        }
    }
}
