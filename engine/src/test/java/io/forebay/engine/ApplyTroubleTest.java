package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.Operation;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.StoredRecord;
import io.forebay.wal.WalEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The machine fails while batches are applied: writes are refused with the reason, reads go on, and in the end everything
 * that was acked is there, once.
 */
class ApplyTroubleTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    /** Without waiting for what cannot be applied. */
    private static final ReadOptions AS_IT_IS = new ReadOptions(ReadLevel.INDEX_ONLY, 0, 0);

    @TempDir
    Path root;

    private final Set<String> acked = new HashSet<>();
    private int step;

    /** Null when it was acked. */
    private ForebayException write(Forebay store, UUID docs) {
        String prefix = "step-" + step++;
        try {
            store.write(docs, TestStores.batch(Operation.ADD, prefix, 0, 20, 8), WriteOptions.DEFAULT).join();
            for (int i = 0; i < 20; i++) {
                acked.add(prefix + "-" + i);
            }
            return null;
        } catch (CompletionException failure) {
            return (ForebayException) failure.getCause();
        }
    }

    private ForebayException refused(Forebay store, UUID docs) {
        ForebayException[] told = new ForebayException[1];
        await().atMost(LONG).until(() -> {
            told[0] = write(store, docs);
            return told[0] != null;
        });
        return told[0];
    }

    private void writesAgain(Forebay store, UUID docs) {
        await().atMost(LONG).until(() -> write(store, docs) == null);
    }

    private void expectAcked(Forebay store, UUID docs) {
        List<StoredRecord> found = store.get(docs,
                new GetRequest(null, null, null, 0, EnumSet.of(Include.EMBEDDINGS)), ReadOptions.DEFAULT)
                .join();
        assertThat(found).extracting(StoredRecord::id).containsExactlyInAnyOrderElementsOf(acked);
        for (StoredRecord record : found) {
            int number = Integer.parseInt(record.id().substring(record.id().lastIndexOf('-') + 1));
            assertThat(record.embedding()).as(record.id()).containsExactly(TestStores.vector(number, 8));
        }
    }

    private void expectGreenAndAcked(Forebay store, UUID docs) {
        await().atMost(LONG).until(() -> store.health().status() == Health.Status.GREEN);
        expectAcked(store, docs);
    }

    @Test
    void aCollectionThatCannotBeAppliedRefusesItsWritesUntilItCan() {
        try (Forebay store = Forebay.open(root, TestStores.small())) {
            UUID docs = TestStores.create(store, "docs");
            UUID other = TestStores.create(store, "other");
            write(store, docs);
            store.flush(docs, Position.APPLIED).join();
            int number = store.collection(docs).number();
            for (String reason : List.of("the disk makes noises", "No space left on device")) {
                store.store.applying.watch = new Applying.Watch() {
                    @Override
                    public void entry(WalEntry entry) {
                        if (entry.header().collection() == number) {
                            throw new UncheckedIOException(new IOException(reason));
                        }
                    }
                };
                int before = store.count(docs, AS_IT_IS).join();
                ForebayException told = refused(store, docs);
                assertThat(told.code()).isEqualTo(reason.startsWith("No space")
                        ? ErrorCode.INSUFFICIENT_STORAGE
                        : ErrorCode.UNAVAILABLE);
                assertThat(told).hasMessageContaining(reason).hasMessageContaining("[docs]");
                assertThat(store.health().status()).isEqualTo(Health.Status.YELLOW);
                assertThat(store.health().reasons()).singleElement().asString().contains(reason);
                assertThat(store.count(docs, AS_IT_IS).join()).isEqualTo(before);
                store.write(other, TestStores.batch(Operation.ADD, "r", 0, 5, 4), WriteOptions.DEFAULT)
                        .join();
                assertThat(store.count(other, ReadOptions.DEFAULT).join()).isEqualTo(5);
                store.store.applying.watch = new Applying.Watch() {
                };
                writesAgain(store, docs);
                expectGreenAndAcked(store, docs);
            }
        }
    }

    @Test
    void aFullDiskUnderTheRecordSegmentIsSurvivedWithoutARestart() throws Exception {
        Path directory = root.resolve("store");
        try (TinyDisk disk = new TinyDisk(directory.resolve("records"), 48)) {
            UUID docs;
            try (Forebay store = Forebay.open(directory, TestStores.small())) {
                docs = TestStores.create(store, "docs");
                write(store, docs);
                store.store.checkpointer.run();
                disk.fill();
                writesAgain(store, docs);
                assertThatThrownBy(() -> store.store.checkpointer.run()).hasMessageContaining("No space");
                ForebayException told = refused(store, docs);
                assertThat(told.code()).isEqualTo(ErrorCode.INSUFFICIENT_STORAGE);
                assertThat(store.health().status()).isEqualTo(Health.Status.RED);
                assertThat(store.health().reasons()).anyMatch(reason -> reason.contains("No space"));
                assertThat(store.count(docs, AS_IT_IS).join()).isGreaterThanOrEqualTo(20);
                disk.free();
                writesAgain(store, docs);
                expectGreenAndAcked(store, docs);
                store.store.checkpointer.run();
            }
            try (Forebay store = Forebay.open(directory, TestStores.small())) {
                expectGreenAndAcked(store, docs);
            }
        }
    }

    @Test
    void aFullDiskUnderTheVectorsRefusesWritesAndRecoversByItself() throws Exception {
        Path directory = root.resolve("store");
        try (TinyDisk disk = new TinyDisk(directory.resolve("vectors"), 16)) {
            UUID docs;
            try (Forebay store = Forebay.open(directory, TestStores.small())) {
                docs = TestStores.create(store, "docs");
                write(store, docs);
                store.flush(docs, Position.APPLIED).join();
                disk.fill();
                ForebayException told = refused(store, docs);
                assertThat(told.code()).isEqualTo(ErrorCode.INSUFFICIENT_STORAGE);
                assertThat(store.health().status()).isEqualTo(Health.Status.YELLOW);
                assertThat(store.count(docs, AS_IT_IS).join()).isGreaterThanOrEqualTo(20);
                disk.free();
                writesAgain(store, docs);
                expectGreenAndAcked(store, docs);
            }
            try (Forebay store = Forebay.open(directory, TestStores.small())) {
                expectGreenAndAcked(store, docs);
            }
        }
    }

    @Test
    void whatRocksDbCannotGetOverARestartDoes() throws Exception {
        Path records = root.resolve("records");
        Path away = root.resolve("away");
        UUID docs;
        try (Forebay store = Forebay.open(root, TestStores.small())) {
            docs = TestStores.create(store, "docs");
            write(store, docs);
            store.store.checkpointer.run();
            write(store, docs);
            store.flush(docs, Position.APPLIED).join();
            int applied = store.count(docs, AS_IT_IS).join();
            Files.move(records, away);
            assertThatThrownBy(() -> store.store.checkpointer.run()).hasMessageContaining("flush");
            ForebayException told = refused(store, docs);
            assertThat(told.code()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(told).hasMessageContaining("restart the store");
            assertThat(store.health().status()).isEqualTo(Health.Status.RED);
            assertThat(store.count(docs, AS_IT_IS).join()).isGreaterThanOrEqualTo(applied);
            Files.move(away, records);
        }
        try (Forebay store = Forebay.open(root, TestStores.small())) {
            expectGreenAndAcked(store, docs);
            writesAgain(store, docs);
            expectAcked(store, docs);
        }
    }
}
