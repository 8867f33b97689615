package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.forebay.model.CollectionStatus;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.LagPolicy;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.WriteAck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A start serves before vectors are opened, and says of none that it is what nobody looked at. */
class OpeningTest {
    private static final int DIMENSION = 16;

    @TempDir
    Path directory;

    private Forebay open() {
        return Forebay.open(directory, TestStores.smallOs());
    }

    private static UUID filled(Forebay store, String name, int count) {
        UUID id = TestStores.create(store, name);
        store.write(id, TestStores.batch(Operation.ADD, name, 0, count, DIMENSION), WriteOptions.DEFAULT)
                .join();
        store.flush(id, Position.LINKED).join();
        return id;
    }

    private static String nearest(Forebay store, UUID id, int number) {
        List<Hit> hits = store.query(id, QueryRequest.nearest(TestStores.vector(number, DIMENSION), 1),
                ReadOptions.DEFAULT).join().getFirst();
        return hits.getFirst().record().id();
    }

    @Test
    void whatCannotBeOpenedKeepsNothingElseFromServingAndIsNotCalledLinked() throws IOException {
        UUID sound;
        UUID docs;
        Path block;
        try (Forebay store = open()) {
            sound = filled(store, "sound", 50);
            docs = filled(store, "docs", 300);
            block = blockOf(store, docs);
        }
        Path aside = directory.resolve("aside");
        Files.move(block, aside);
        Files.createDirectory(block); // cannot be read
        try (Forebay store = open()) {
            assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(300);
            assertThat(nearest(store, sound, 7)).isEqualTo("sound-7");
            store.store.opening.tried().join();
            CollectionStatus status = store.status(docs);
            assertThat(status.linkedSeqId()).isZero();
            assertThat(status.appliedSeqId()).isPositive();
            assertThat(status.indexLag().records()).isEqualTo(300);
            assertThat(store.status(sound).linkedSeqId()).isEqualTo(store.status(sound).appliedSeqId());
            assertThat(store.stats().vectorMemory().unopened()).isEqualTo(1);
            assertThat(store.health().status()).isEqualTo(Health.Status.YELLOW);
            assertThat(store.health().reasons())
                    .anyMatch(reason -> reason.contains("[docs] cannot be loaded"));
            assertThatThrownBy(() -> nearest(store, docs, 7)).hasMessageContaining("cannot be loaded");
            Files.delete(block);
            Files.move(aside, block);
            // Without anybody asking for it.
            await().atMost(Duration.ofSeconds(90)).until(
                    () -> store.status(docs).linkedSeqId() == store.status(docs).appliedSeqId());
            assertThat(store.stats().vectorMemory().unopened()).isZero();
            assertThat(store.health().reasons()).isEmpty();
            assertThat(nearest(store, docs, 7)).isEqualTo("docs-7");
        }
    }

    private Path blockOf(Forebay store, UUID id) throws IOException {
        Path vectors = directory.resolve("vectors/" + store.store.catalog.collection(id).number);
        try (var files = Files.list(vectors)) {
            return files.filter(file -> file.getFileName().toString().startsWith("block")).findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void damagedVectorsAreFoundWithoutAQuery() throws IOException {
        Path block;
        try (Forebay store = open()) {
            block = blockOf(store, filled(store, "docs", 20));
        }
        byte[] bytes = Files.readAllBytes(block);
        byte[] first = new byte[4 * DIMENSION];
        java.nio.ByteBuffer row = java.nio.ByteBuffer.wrap(first).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        for (float component : TestStores.vector(0, DIMENSION)) {
            row.putFloat(component);
        }
        int at = 0;
        while (!java.util.Arrays.equals(bytes, at, at + first.length, first, 0, first.length)) {
            at++;
        }
        bytes[at] ^= 1;
        Files.write(block, bytes);
        try (Forebay store = open()) {
            store.store.opening.tried().join();
            assertThat(store.health().reasons())
                    .anyMatch(reason -> reason.contains("1 vectors that do not match their checksums"));
            assertThat(store.count(store.collections("default_tenant", "default_database", null, 0).getFirst()
                    .id(), ReadOptions.DEFAULT).join()).isEqualTo(20);
        }
    }

    /** RocksDB still has the collection, the log has its drop, and its files are gone. */
    @Test
    void aKillBetweenARemovalAndAFlushIsNoDamage(@TempDir Path copy) throws IOException {
        try (Forebay store = open()) {
            UUID kept = filled(store, "kept", 20);
            UUID docs = filled(store, "docs", 20);
            store.store.checkpointer.run();
            Path vectors = directory.resolve("vectors/" + store.store.catalog.collection(docs).number);
            TestStores.drop(store, "docs");
            await().until(() -> store.removalsWaiting() == 0);
            assertThat(vectors).doesNotExist();
            assertThat(store.count(kept, ReadOptions.DEFAULT).join()).isEqualTo(20);
            StoreImage.copy(directory, copy);
        }
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger("io.forebay");
        logger.addAppender(log);
        try (Forebay store = Forebay.open(copy, TestStores.smallOs())) {
            store.store.opening.tried().join();
            await().until(() -> store.removalsWaiting() == 0);
            assertThat(store.health().reasons()).isEmpty();
            assertThat(store.collections("default_tenant", "default_database", null, 0)).hasSize(1);
        } finally {
            logger.detachAppender(log);
        }
        assertThat(new ArrayList<>(log.list)).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
    }

    @Test
    void whoNeedsACollectionOpensItHimself() {
        UUID docs;
        try (Forebay store = open()) {
            docs = filled(store, "docs", 3_000);
        }
        for (int round = 0; round < 3; round++) {
            try (Forebay store = open()) {
                // Before the opener, behind it or beside it.
                switch (round) {
                    case 0 -> assertThat(nearest(store, docs, 2_999)).isEqualTo("docs-2999");
                    case 1 -> store.write(docs, TestStores.batch(Operation.ADD, "more", 0, 5, DIMENSION),
                            WriteOptions.DEFAULT).join();
                    default -> store.flush(docs, Position.LINKED).join();
                }
                store.flush(docs, Position.LINKED).join();
                assertThat(store.status(docs).linkedSeqId()).isEqualTo(store.status(docs).appliedSeqId());
                assertThat(store.stats().vectorMemory().unopened()).isZero();
                assertThat(store.stats().vectorMemory().loads()).isZero();
                assertThat(store.health().reasons()).isEmpty();
            }
        }
    }

    @Test
    void readsOfACollectionThatIsBeingOpenedTakeNoQueryThread() throws Exception {
        try (Forebay store = Forebay.open(directory, TestStores.smallOs().withQueryThreads(2))) {
            UUID docs = filled(store, "docs", 20);
            UUID other = filled(store, "other", 20);
            CollectionRuntime runtime = store.store.catalog.collection(docs);
            store.store.checkpointer.run();
            await().until(() -> {
                store.store.budget.unloadBeyond(0);
                return runtime.held.isCold();
            });
            List<CompletableFuture<?>> reads = new ArrayList<>();
            runtime.publishLock.lock(); // the load takes until then
            try {
                CountDownLatch busy = new CountDownLatch(1);
                for (int i = 0; i < 2; i++) {
                    store.store.threads.queries().execute(() -> waitFor(busy));
                }
                reads.add(store.count(docs, ReadOptions.DEFAULT)); // waits for a thread
                reads.add(store.count(docs, ReadOptions.DEFAULT));
                store.store.threads.openers().execute(() -> store.store.loading.forUse(runtime));
                await().until(runtime.publishLock::hasQueuedThreads);
                busy.countDown();
                for (int i = 0; i < 4; i++) {
                    reads.add(store.count(docs, ReadOptions.DEFAULT));
                    reads.add(store.get(docs, GetRequest.first(3), ReadOptions.DEFAULT));
                }
                assertThat(store.count(other, ReadOptions.DEFAULT).get(120, TimeUnit.SECONDS)).isEqualTo(20);
                assertThat(reads).noneMatch(CompletableFuture::isDone);
            } finally {
                runtime.publishLock.unlock();
            }
            reads.forEach(CompletableFuture::join);
            assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(20);
            assertThat(nearest(store, docs, 7)).isEqualTo("docs-7");
        }
    }

    /** With a collection docs of 300 records that nobody opens unless somebody needs it. */
    private Forebay openUnopened(ForebayOptions options) throws IOException {
        Path block;
        try (Forebay store = open()) {
            block = blockOf(store, filled(store, "docs", 300));
        }
        Path aside = directory.resolve("aside");
        Files.move(block, aside);
        Files.createDirectory(block); // cannot be read
        Forebay store = Forebay.open(directory, options);
        store.store.opening.tried().join();
        store.store.opening.close(); // no more tries
        Files.delete(block);
        Files.move(aside, block);
        return store;
    }

    private static RecordBatch withoutVectors() {
        return RecordBatch.builder(Operation.UPDATE).record("docs-1", null, "changed", null, null).build();
    }

    @Test
    void aWriteWithoutVectorsThatIsToBeLinkedOpensItsCollection() throws Exception {
        try (Forebay store = openUnopened(TestStores.smallOs().withBatchIngest(false))) {
            UUID docs = TestStores.create(store, "docs");
            assertThat(store.store.catalog.collection(docs).held.isUnopened()).isTrue();
            WriteAck ack = store.write(docs, withoutVectors(), WriteOptions.DEFAULT).get(30,
                    TimeUnit.SECONDS);
            assertThat(store.status(docs).linkedSeqId()).isEqualTo(ack.maxSeqId());
        }
    }

    @Test
    void aLagThatNobodyKnowsRefusesNoWrite() throws Exception {
        try (Forebay store = openUnopened(TestStores.smallOs())) {
            UUID docs = TestStores.create(store, "docs");
            store.pressure(PressureOptions.defaults().withLag(LagPolicy.REJECT, 10, 1_000_000));
            store.write(docs, withoutVectors(), WriteOptions.DEFAULT).join();
            store.flush(docs, Position.APPLIED).join();
            CollectionStatus status = store.status(docs);
            assertThat(status.unopened()).isTrue();
            assertThat(status.indexLag().records()).isPositive();
            assertThat(status.certainIndexLag().records()).isZero();
            store.flush(docs, Position.LINKED).join();
            assertThat(store.status(docs).unopened()).isFalse();
        }
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
