package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.wal.WalImplementation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The log stays near what is not in a checkpoint yet, however long clients write. */
class PurgeUnderLoadTest {
    private static final int CLIENTS = 20;
    private static final long EXTENT_BYTES = 4 << 20;
    private static final long CHECKPOINT_BYTES = 4 << 20;
    private static final long LOG_BYTES_MAX = 16 << 20;
    /** What is applied from one look of the checkpointer to the end of the checkpoint, on a machine of this speed. */
    private static final long APPLIED_MEANWHILE = 96 << 20;
    private static final long ON_DISK_MAX = LOG_BYTES_MAX + CHECKPOINT_BYTES + APPLIED_MEANWHILE
            + 6 * EXTENT_BYTES;

    @TempDir
    Path directory;
    private final ExecutorService clients = Executors.newCachedThreadPool();
    private Forebay store;

    @BeforeEach
    void open() {
        store = Forebay.open(directory,
                TestStores.small().withExtentBytes(EXTENT_BYTES).withCheckpointBytes(CHECKPOINT_BYTES)
                        .withCheckpointIntervalMillis(200).withLogBytesMax(LOG_BYTES_MAX));
    }

    @AfterEach
    void close() {
        clients.shutdownNow();
        store.close();
    }

    @Test
    void theLogStaysNearWhatIsNotInACheckpoint() throws Exception {
        writeWithoutPause(75);
    }

    @Test
    @Tag("long")
    @Timeout(900)
    void theLogStaysNearWhatIsNotInACheckpointForMinutes() throws Exception {
        writeWithoutPause(1500);
    }

    /** 20 clients, four collections; each batch has some 220 KB. */
    private void writeWithoutPause(int batches) throws Exception {
        List<UUID> collections = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            collections.add(TestStores.create(store, "load-" + i));
        }
        AtomicLong written = new AtomicLong();
        List<Future<?>> running = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            int number = client;
            running.add(clients.submit(() -> {
                for (int batch = 0; batch < batches; batch++) {
                    written.addAndGet(write(collections.get(number % 4), batch(number + "-" + batch)));
                }
                return null;
            }));
        }
        long most = 0;
        while (running.stream().anyMatch(future -> !future.isDone())) {
            most = Math.max(most, store.stats().logBytes());
            assertThat(most).as("bytes of the log on disk").isLessThanOrEqualTo(ON_DISK_MAX);
        }
        for (Future<?> future : running) {
            future.get();
        }
        System.out.println(
                "log on disk at most " + most + " of " + written + " bytes written, bound " + ON_DISK_MAX);
        assertThat(written.get()).isGreaterThan(2 * ON_DISK_MAX);
        long records = 0;
        for (UUID collection : collections) {
            records += store.count(collection, ReadOptions.DEFAULT).join();
        }
        assertThat(records).isEqualTo(100L * CLIENTS * batches);
        Awaitility.await().until(() -> store.stats().logBytes() <= 2 * EXTENT_BYTES);
    }

    private long write(UUID collection, RecordBatch batch) {
        while (true) {
            try {
                store.write(collection, batch, WriteOptions.DEFAULT).join();
                return batch.encodedBytes();
            } catch (CompletionException refused) {
                if (!(refused.getCause() instanceof ForebayException backoff)
                        || backoff.code() != ErrorCode.BACKOFF) {
                    throw refused;
                }
                store.flush(collection, Position.APPLIED).join();
            }
        }
    }

    private static RecordBatch batch(String prefix) {
        String text = "what a document says, ".repeat(100);
        RecordBatchBuilder builder = RecordBatch.builder(Operation.ADD);
        for (int i = 0; i < 100; i++) {
            builder.record(prefix + "-" + i, TestStores.vector(i, 2), text, Map.of(), null);
        }
        return builder.build();
    }

    @Test
    void aSlowCollectionThatHoldsBackTheLogIsNamedAndNoOtherIsHeldBack() throws Exception {
        UUID slow = TestStores.create(store, "slow");
        UUID busy = TestStores.create(store, "busy");
        CollectionRuntime stuck = store.store.catalog.collection(slow);
        stuck.publishLock.lock(); // nothing of it can be applied
        try {
            store.write(slow, batch("slow"), WriteOptions.DEFAULT).join();
            for (int i = 0; i < 100; i++) {
                write(busy, batch("busy" + i));
            }
            Awaitility.await().untilAsserted(() -> {
                assertThat(store.logPins()).isNotEmpty();
                assertThat(store.logPins().getFirst().collection().name()).isEqualTo("slow");
                assertThat(store.logPins().getFirst().bytes()).isEqualTo(EXTENT_BYTES);
                // Only the extent with the slow one's entry, not those behind it.
                assertThat(store.stats().logBytes()).isLessThanOrEqualTo(3 * EXTENT_BYTES);
            });
        } finally {
            stuck.publishLock.unlock();
        }
        store.flush(slow, Position.APPLIED).join();
        Awaitility.await().atMost(Duration.ofSeconds(90)).until(() -> store.logPins().isEmpty());
        assertThat(store.count(slow, ReadOptions.DEFAULT).join()).isEqualTo(100);
    }

    @Test
    void aCollectionWithTooMuchInTheLogIsRefusedAndNoOther() {
        store.close();
        store = Forebay.open(directory, TestStores.small().withLog(
                new LogOptions(WalImplementation.FILE, 1 << 20, 0)));
        UUID slow = TestStores.create(store, "slow");
        UUID other = TestStores.create(store, "other");
        CollectionRuntime stuck = store.store.catalog.collection(slow);
        stuck.publishLock.lock();
        try {
            assertThatThrownBy(() -> {
                for (int i = 0; i < 20; i++) {
                    store.write(slow, batch("slow" + i), WriteOptions.DEFAULT).join();
                }
            }).hasMessageContaining("collectionLogBytesMax 1048576").cause()
                    .isInstanceOfSatisfying(ForebayException.class,
                            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.BACKOFF));
            store.write(other, batch("other"), WriteOptions.DEFAULT).join();
        } finally {
            stuck.publishLock.unlock();
        }
        store.flush(slow, Position.APPLIED).join();
        store.write(slow, batch("again"), WriteOptions.DEFAULT).join();
    }

    @Test
    void aThousandCollectionsShareOneLog() {
        List<UUID> all = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            all.add(TestStores.create(store, "load-" + i));
        }
        int threads = Thread.activeCount();
        CompletableFuture.allOf(all.stream()
                .map(collection -> store.write(collection, TestStores.batch(Operation.ADD, "r", 0, 3, 4),
                        WriteOptions.DEFAULT))
                .toArray(CompletableFuture[]::new)).join();
        // Some sync their vectors side by side; there is none for each collection.
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 40);
        assertThat(store.stats().logExtents()).isLessThanOrEqualTo(2);
        for (UUID collection : all) {
            assertThat(store.count(collection, ReadOptions.DEFAULT).join()).isEqualTo(3);
        }
    }
}
