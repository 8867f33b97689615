package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.model.CollectionConfig;
import io.forebay.model.Database;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the disk space of dropped collections. */
class RemovalsTest {
    private static final int DIMENSION = 64;

    @TempDir
    Path directory;

    /** Nothing but a drop makes a checkpoint due. */
    private static ForebayOptions options() {
        return TestStores.smallOs().withExtentBytes(1 << 20).withCheckpointIntervalMillis(600_000);
    }

    private static UUID filled(Forebay store, String name, int count) {
        UUID id = TestStores.create(store, name);
        for (int from = 0; from < count; from += 500) {
            store.write(id, batch(name, from, Math.min(count, from + 500)), WriteOptions.DEFAULT).join();
        }
        store.flush(id, Position.LINKED).join();
        return id;
    }

    /** Half a kilobyte each that cannot be compressed. */
    private static RecordBatch batch(String name, int from, int to) {
        Random random = new Random(from);
        RecordBatchBuilder builder = RecordBatch.builder(Operation.ADD);
        for (int i = from; i < to; i++) {
            byte[] bytes = new byte[500];
            random.nextBytes(bytes);
            builder.record(name + "-" + i, TestStores.vector(i, DIMENSION), null, null,
                    new String(bytes, StandardCharsets.ISO_8859_1));
        }
        return builder.build();
    }

    private Path vectorsOf(Forebay store, UUID id) {
        return directory.resolve("vectors/" + store.store.catalog.collection(id).number);
    }

    @Test
    void aDropThatWaitsForLinkersDoesNotWaitForACheckpoint(@TempDir Path own) {
        CountDownLatch checkpoint = new CountDownLatch(1);
        try (Forebay store = Forebay.open(own, TestStores.smallOs())) {
            CollectionRuntime runtime = store.store.catalog.collection(TestStores.create(store, "docs"));
            store.store.threads.checkpointer().execute(() -> waitFor(checkpoint));
            try {
                runtime.linkers.incrementAndGet(); // one is at it
                TestStores.drop(store, "docs");
                await().until(() -> runtime.applied.reached(Long.MAX_VALUE).isCompletedExceptionally());
                runtime.linkers.decrementAndGet();
                await().atMost(Duration.ofSeconds(90)).until(() -> store.removalsWaiting() == 0);
            } finally {
                checkpoint.countDown();
            }
        }
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aDropGivesBackVectorsRowsAndLog() {
        AtomicInteger dropped = new AtomicInteger();
        AtomicLong bytes = new AtomicLong();
        EngineMetrics metrics = new EngineMetrics() {
            @Override
            public void dropped() {
                dropped.incrementAndGet();
            }

            @Override
            public void removed(long given, long nanos) {
                bytes.addAndGet(given);
            }
        };
        try (Forebay store = Forebay.open(directory, options(), metrics)) {
            UUID kept = filled(store, "kept", 100);
            UUID large = filled(store, "large", 12_000);
            store.store.records.flush();
            int number = store.store.catalog.collection(large).number;
            Path vectors = vectorsOf(store, large);
            EngineStats before = store.stats();
            assertThat(before.logExtents()).isGreaterThan(4);
            TestStores.drop(store, "large");
            await().atMost(Duration.ofSeconds(90)).until(() -> store.removalsWaiting() == 0);
            assertThat(vectors).doesNotExist();
            assertThat(store.store.records.hasRows(number)).isFalse();
            // What is left is full of the kept collection's rows, or not yet given to anybody.
            await().atMost(Duration.ofSeconds(90)).until(() -> store.stats().logExtents() <= 3);
            await().atMost(Duration.ofSeconds(90))
                    .until(() -> store.stats().recordBytes() < before.recordBytes() / 4);
            assertThat(dropped).hasValue(1);
            assertThat(bytes.get()).isGreaterThan(12_000L * DIMENSION * Float.BYTES);
            assertThat(store.count(kept, ReadOptions.DEFAULT).join()).isEqualTo(100);
            assertThat(store.health().reasons()).isEmpty();
        }
    }

    @Test
    void aRemovalThatFailsIsShownAndTriedAgainAndHoldsUpNoOther() throws IOException {
        try (Forebay store = Forebay.open(directory, options())) {
            UUID stuck = filled(store, "stuck", 100);
            UUID other = filled(store, "other", 100);
            Path foreign = vectorsOf(store, stuck).resolve("foreign/file");
            Path free = vectorsOf(store, other);
            Files.createDirectories(foreign);
            TestStores.drop(store, "stuck");
            await().until(() -> store.store.removals.trouble() != null);
            assertThat(store.health().status()).isEqualTo(Health.Status.YELLOW);
            assertThat(store.health().reasons())
                    .anyMatch(reason -> reason.contains("dropped collections cannot be removed"));
            TestStores.drop(store, "other");
            await().until(() -> store.removalsWaiting() == 1);
            assertThat(free).doesNotExist();
            assertThat(store.health().status()).isEqualTo(Health.Status.YELLOW);
            // The name is free all the same.
            assertThat(store.count(TestStores.create(store, "stuck"), ReadOptions.DEFAULT).join()).isZero();
            Files.delete(foreign);
            Files.delete(foreign.getParent());
            await().atMost(Duration.ofSeconds(90)).until(() -> store.removalsWaiting() == 0);
            assertThat(foreign.getParent().getParent()).doesNotExist();
            assertThat(store.health().reasons()).isEmpty();
        }
    }

    @Test
    void whatCouldNotBeRemovedIsLeftToTheNextStart() throws IOException {
        Path foreign;
        int number;
        try (Forebay store = Forebay.open(directory, options())) {
            UUID stuck = filled(store, "stuck", 100);
            number = store.store.catalog.collection(stuck).number;
            foreign = Files.createDirectories(vectorsOf(store, stuck).resolve("foreign"));
            Files.createFile(foreign.resolve("file"));
            TestStores.drop(store, "stuck");
            await().until(() -> store.store.removals.trouble() != null);
        }
        Files.delete(foreign.resolve("file"));
        Files.delete(foreign);
        try (Forebay store = Forebay.open(directory, options())) {
            await().until(() -> store.removalsWaiting() == 0);
            assertThat(foreign.getParent()).doesNotExist();
            assertThat(store.store.records.hasRows(number)).isFalse();
            assertThat(store.health().reasons()).isEmpty();
        }
    }

    /** After a power loss that took the drop there would be a collection without vectors. */
    @Test
    void nothingIsRemovedBeforeTheDropIsDurable() {
        try (Forebay store = Forebay.open(directory, options())) {
            UUID docs = filled(store, "docs", 100);
            CollectionRuntime runtime = store.store.catalog.collection(docs);
            CompletableFuture<Void> waiting = runtime.linked.reached(1_000_000);
            Path vectors = vectorsOf(store, docs);
            store.store.catalog.remove(runtime);
            runtime.drop(store.store.wal.lastSeqId() + 1);
            store.store.removals.begin(runtime);
            await().until(waiting::isDone);
            assertThatThrownBy(waiting::join).hasMessageContaining("does not exist");
            await().until(() -> !runtime.isInLane());
            assertThat(vectors).exists();
            assertThat(store.removalsWaiting()).isEqualTo(1);
            // One more entry, and it is durable.
            TestStores.create(store, "next");
            await().until(() -> store.removalsWaiting() == 0);
            assertThat(vectors).doesNotExist();
        }
    }

    @Test
    void aCreateThatRocksDbRefusesHoldsItsName() {
        Store store = Store.open(directory, TestStores.small(), EngineMetrics.NONE);
        Administration administration = new Administration(store);
        store.records.close(); // from here on RocksDB refuses everything
        for (ErrorCode code : new ErrorCode[]{ErrorCode.UNAVAILABLE, ErrorCode.ALREADY_EXISTS}) {
            assertThatThrownBy(() -> administration.createCollection(Database.DEFAULT_TENANT,
                    Database.DEFAULT_DATABASE, "docs", null, CollectionConfig.DEFAULT, false).join())
                    .cause().isInstanceOfSatisfying(ForebayException.class,
                            told -> assertThat(told.code()).isEqualTo(code));
        }
        store.close();
        Store again = Store.open(directory, TestStores.small(), EngineMetrics.NONE);
        assertThat(again.catalog.collectionCount(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE)).isOne();
        assertThat(again.catalog.all()).hasSize(1);
        again.close();
    }
}
