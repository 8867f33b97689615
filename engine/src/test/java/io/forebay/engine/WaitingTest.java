package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.index.record.RecordStore.CollectionState;
import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionInfo;
import io.forebay.model.Database;
import io.forebay.model.Durability;
import io.forebay.model.Operation;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.wal.Appended;
import io.forebay.wal.EntryHeader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever waits for a position gets there, or is told, and leaves nothing behind. */
class WaitingTest {
    private static final WriteOptions OS = new WriteOptions(Durability.OS);

    @TempDir
    Path directory;

    private Store store;

    @AfterEach
    void close() {
        store.close();
    }

    private CollectionRuntime open(ForebayOptions options, String name) {
        if (store == null) {
            store = Store.open(directory, options, EngineMetrics.NONE);
        }
        return store.catalog.collection(new Administration(store).createCollection(Database.DEFAULT_TENANT,
                Database.DEFAULT_DATABASE, name, null, CollectionConfig.DEFAULT, true).join().id());
    }

    @Test
    void aStretchedRangeThatTheDiskDoesNotCoverYetIsAppliedWhenItDoes() {
        CollectionRuntime docs = open(TestStores.small().withRangeQueueMax(2).withReadTimeoutMillis(90_000),
                "docs");
        CollectionRuntime other = open(TestStores.small(), "other");
        docs.publishLock.lock(); // the indexer of docs stops before its first commit
        try {
            for (int i = 0; i < 3; i++) {
                write(docs, i, WriteOptions.DEFAULT);
                write(other, i, WriteOptions.DEFAULT);
            }
            // The queue is full: this one is stretched over by a range that waits for the disk, and nobody asks for a sync.
            write(docs, 3, OS);
        } finally {
            docs.publishLock.unlock();
        }
        assertThat(store.reads.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(4);
    }

    @Test
    void aRetryOfWhatIsInTheLogIsAnsweredThoughTheLogTakesNoMore() {
        CollectionRuntime docs = open(TestStores.smallOs().withLogBytesMax(1), "docs");
        docs.publishLock.lock(); // nothing is applied meanwhile
        try {
            write(docs, 0, WriteOptions.ofKey("key"));
            assertThatThrownBy(() -> write(docs, 1, WriteOptions.ofKey("other")))
                    .hasMessageContaining("logBytesMax");
            write(docs, 0, WriteOptions.ofKey("key"));
        } finally {
            docs.publishLock.unlock();
        }
        assertThat(docs.applied.reached(docs.lastAppended())).succeedsWithin(Duration.ofSeconds(90));
        write(docs, 1, WriteOptions.ofKey("other"));
        assertThat(store.reads.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(2);
    }

    @Test
    void aCollectionWithoutVectorsIsLinkedAfterARestart() {
        CollectionRuntime docs = open(TestStores.small(), "docs");
        store.writes.write(docs, TestStores.batch(Operation.UPDATE, "r", 0, 5, 8), WriteOptions.DEFAULT)
                .join();
        assertThat(docs.applied.reached(docs.lastAppended())).succeedsWithin(Duration.ofSeconds(90));
        store.close();
        store = Store.open(directory, TestStores.small(), EngineMetrics.NONE);
        CollectionRuntime again = store.catalog.collection(docs.info().id());
        assertThat(again.linked.reached(again.lastAppended())).succeedsWithin(Duration.ofSeconds(90));
    }

    @Test
    void aReadDoesNotWaitForWhatWasNeverAcked() {
        CollectionRuntime docs = open(TestStores.small().withReadTimeoutMillis(2_000), "docs");
        write(docs, 0, WriteOptions.DEFAULT);
        RecordBatch batch = TestStores.batch(Operation.ADD, "unacked", 0, 1, 8);
        docs.appendLock.lock();
        try {
            // As when the sync of it fails: it is in the log, and nobody is told.
            Appended appended = store.wal.append(new EntryHeader(docs.number,
                    WritePath.incarnation(docs.info()), CatalogService.ENTRY_BATCH, 1, 0), batch.encoded());
            docs.appended(new Range(appended.minSeqId(), appended.maxSeqId(), appended.position(), false,
                    batch.encodedBytes(), 1, appended.appendTimeMillis()));
        } finally {
            docs.appendLock.unlock();
        }
        // The log syncs what is left behind when it is idle, and what is durable may be applied: 1 or 2, but no timeout.
        assertThat(store.reads.count(docs, ReadOptions.DEFAULT).join()).isBetween(1, 2);
    }

    @Test
    void aReadThatGaveUpWaitingLeavesNothingInMemory() {
        CollectionRuntime docs = open(TestStores.small().withBoundedWaitMillis(20), "docs");
        docs.publishLock.lock();
        try {
            write(docs, 0, OS);
            CompletableFuture<Integer> bounded = store.reads.count(docs,
                    ReadOptions.of(ReadLevel.INDEX_AND_BOUNDED_WAL));
            await().atMost(Duration.ofSeconds(90)).until(() -> docs.applied.waiting() == 0);
            assertThat(docs.applied.position()).isZero();
            docs.publishLock.unlock();
            assertThat(bounded.join()).isBetween(0, 1);
        } finally {
            if (docs.publishLock.isHeldByCurrentThread()) {
                docs.publishLock.unlock();
            }
        }
    }

    @Test
    void linkedIsNeverAheadOfApplied() throws Exception {
        open(TestStores.small(), "docs");
        CollectionInfo info = new CollectionInfo(UUID.randomUUID(), 7, "t", "d", "n", null,
                CollectionConfig.DEFAULT, 0);
        CollectionRuntime runtime = new CollectionRuntime(info, new CollectionState(0, 0, 0, 0, 0), 8);
        AtomicBoolean done = new AtomicBoolean();
        AtomicBoolean ahead = new AtomicBoolean();
        Thread linker = Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                runtime.advanceLinked();
                long linked = runtime.linked.position();
                if (linked > runtime.applied.position()) {
                    ahead.set(true);
                }
            }
        });
        for (int seqId = 1; seqId <= 1_000_000 && !ahead.get(); seqId++) {
            runtime.applied(new CollectionState(seqId, 0, 0, 0, seqId), 1, 1);
        }
        done.set(true);
        linker.join();
        assertThat(ahead).isFalse();
    }

    private void write(CollectionRuntime runtime, int number, WriteOptions options) {
        store.writes.write(runtime, TestStores.batch(Operation.ADD, "r", number, number + 1, 8), options)
                .join();
    }
}
