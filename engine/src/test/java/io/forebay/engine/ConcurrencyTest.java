package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.CollectionConfig;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.StoredRecord;
import io.forebay.model.WriteAck;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConcurrencyTest {
    private static final int BATCH_RECORDS = 10;

    @TempDir
    Path directory;

    private final ExecutorService clients = Executors.newCachedThreadPool();
    private Forebay store;

    @BeforeEach
    void open() {
        store = Forebay.open(directory,
                TestStores.small().withCheckpointIntervalMillis(100).withCheckpointBytes(1 << 20));
    }

    @AfterEach
    void close() {
        clients.shutdownNow();
        store.close();
    }

    @Test
    void everyReadIsAPrefixOfTheLogAndNoBatchIsHalfThere() throws Exception {
        UUID collection = TestStores.create(store, "docs");
        Map<String, Long> seqIdOfBatch = new ConcurrentHashMap<>();
        AtomicBoolean done = new AtomicBoolean();
        List<Future<List<Set<String>>>> readers = new ArrayList<>();
        for (int reader = 0; reader < 2; reader++) {
            readers.add(clients.submit(() -> readUntil(done, collection)));
        }
        runAll(6, writer -> () -> {
            for (int batch = 0; batch < 60; batch++) {
                String name = writer + "-" + batch;
                WriteAck ack = store.write(collection,
                        TestStores.batch(Operation.ADD, name, 0, BATCH_RECORDS, 8), WriteOptions.DEFAULT)
                        .join();
                seqIdOfBatch.put(name, ack.maxSeqId());
            }
            return null;
        });
        done.set(true);
        assertThat(store.count(collection, ReadOptions.DEFAULT).join()).isEqualTo(6 * 60 * BATCH_RECORDS);
        int checked = 0;
        for (Future<List<Set<String>>> reader : readers) {
            for (Set<String> seen : reader.get()) {
                long last = seen.stream().mapToLong(seqIdOfBatch::get).max().orElse(0);
                Set<String> prefix = new HashSet<>();
                seqIdOfBatch.forEach((name, seqId) -> {
                    if (seqId <= last) {
                        prefix.add(name);
                    }
                });
                assertThat(seen).isEqualTo(prefix);
                checked++;
            }
        }
        assertThat(checked).as("reads that were checked").isGreaterThan(2);
    }

    /** The batches that each read saw; fails on half a batch. */
    private List<Set<String>> readUntil(AtomicBoolean done, UUID collection) {
        List<Set<String>> reads = new ArrayList<>();
        GetRequest all = new GetRequest(null, null, null, 0, EnumSet.noneOf(Include.class));
        while (!done.get()) {
            Map<String, Integer> records = new HashMap<>();
            for (StoredRecord record : store.get(collection, all, ReadOptions.of(ReadLevel.INDEX_ONLY))
                    .join()) {
                records.merge(record.id().substring(0, record.id().lastIndexOf('-')), 1, Integer::sum);
            }
            assertThat(records.values()).allMatch(count -> count == BATCH_RECORDS);
            reads.add(records.keySet());
        }
        return reads;
    }

    @Test
    void aWriterReadsItsOwnWritesWhileOthersWrite() throws Exception {
        UUID collection = TestStores.create(store, "docs");
        runAll(8, writer -> () -> {
            for (int batch = 0; batch < 25; batch++) {
                store.write(collection,
                        TestStores.batch(Operation.UPSERT, "w" + writer, batch * 4, batch * 4 + 4, 8),
                        WriteOptions.DEFAULT).join();
                String own = "w" + writer + "-" + (batch * 4 + 3);
                assertThat(store.get(collection, GetRequest.ofIds(own), ReadOptions.DEFAULT).join())
                        .hasSize(1);
                assertThat(store.query(collection,
                        QueryRequest.nearest(TestStores.vector(batch * 4 + 3, 8), 8), ReadOptions.DEFAULT)
                        .join().get(0))
                        .anySatisfy(hit -> assertThat(hit.record().id()).isEqualTo(own));
            }
            return null;
        });
    }

    @Test
    void aCollectionDroppedAndMadeAgainUnderLoadSharesNothingWithTheOld() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        List<Future<Integer>> writers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int writer = i;
            writers.add(clients.submit(() -> writeUntil(done, writer)));
        }
        for (int life = 0; life < 15; life++) {
            UUID made = TestStores.create(store, "phoenix");
            assertThat(store.count(made, ReadOptions.DEFAULT).join()).isLessThan(50_000);
            TestStores.drop(store, "phoenix");
        }
        done.set(true);
        int written = 0;
        for (Future<Integer> writer : writers) {
            written += writer.get();
        }
        assertThat(written).as("batches written while the collection came and went").isPositive();
        UUID last = TestStores.create(store, "phoenix");
        TestStores.drop(store, "phoenix");
        UUID fresh = TestStores.create(store, "phoenix");
        assertThat(fresh).isNotEqualTo(last);
        assertThat(store.count(fresh, ReadOptions.DEFAULT).join()).isZero();
        assertThat(store.health().status()).isEqualTo(Health.Status.GREEN);
        store.close();
        store = Forebay.open(directory, TestStores.small());
        assertThat(store.count(fresh, ReadOptions.DEFAULT).join()).isZero();
    }

    /** Writes to whatever collection has the name now; only "it does not exist" may come back. */
    private int writeUntil(AtomicBoolean done, int writer) {
        int written = 0;
        while (!done.get()) {
            try {
                UUID now = store.collection("default_tenant", "default_database", "phoenix").id();
                store.write(now,
                        TestStores.batch(Operation.ADD, "w" + writer, written * 20, written * 20 + 20, 8),
                        WriteOptions.DEFAULT).join();
                written++;
            } catch (ForebayException | CompletionException refused) {
                Throwable cause = refused instanceof CompletionException ? refused.getCause() : refused;
                assertThat(cause).isInstanceOf(ForebayException.class);
                assertThat(((ForebayException) cause).code()).isEqualTo(ErrorCode.NOT_FOUND);
            }
        }
        return written;
    }

    @Test
    void aPoisonedEntryIsSetAsideAndTheRestGoesOn() {
        UUID collection = TestStores.create(store, "docs");
        store.write(collection, TestStores.batch(Operation.ADD, "r", 0, 10, 8), WriteOptions.DEFAULT).join();
        store.write(collection, Poison.withDamagedMetadata(TestStores.batch(Operation.UPSERT, "r", 0, 5, 8)),
                WriteOptions.DEFAULT).join();
        store.write(collection, TestStores.batch(Operation.ADD, "r", 10, 20, 8), WriteOptions.DEFAULT).join();
        assertThat(store.count(collection, ReadOptions.DEFAULT).join()).isEqualTo(20);
        assertThat(store.status(collection).parkedEntries()).isEqualTo(1);
        assertThat(store.health().status()).isEqualTo(Health.Status.YELLOW);
        assertThat(store.health().reasons()).anyMatch(reason -> reason.contains("set aside"));
    }

    @Test
    void whatWasSetAsideOfACollectionIsNoTroubleOnceItIsDropped() {
        UUID collection = TestStores.create(store, "docs");
        store.write(collection, TestStores.batch(Operation.ADD, "r", 0, 10, 8), WriteOptions.DEFAULT).join();
        store.write(collection, Poison.withDamagedMetadata(TestStores.batch(Operation.UPSERT, "r", 0, 5, 8)),
                WriteOptions.DEFAULT).join();
        store.flush(collection, Position.APPLIED).join();
        assertThat(store.health().status()).isEqualTo(Health.Status.YELLOW);
        TestStores.drop(store, "docs");
        assertThat(store.health().status()).isEqualTo(Health.Status.GREEN);
    }

    @Test
    void manyCollectionsAreDrainedSideBySide() throws Exception {
        int collections = 40;
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < collections; i++) {
            ids.add(store.getOrCreateCollection("c-" + i, CollectionConfig.DEFAULT).id());
        }
        runAll(4, writer -> () -> {
            for (int round = 0; round < 5; round++) {
                for (UUID id : ids) {
                    store.write(id, TestStores.batch(Operation.ADD, writer + "-" + round, 0, 5, 4),
                            WriteOptions.DEFAULT).join();
                }
            }
            return null;
        });
        for (UUID id : ids) {
            store.flush(id, Position.LINKED).join();
            assertThat(store.count(id, ReadOptions.DEFAULT).join()).isEqualTo(4 * 5 * 5);
        }
    }

    private interface Body {
        Callable<Void> of(int number);
    }

    private void runAll(int count, Body body) throws InterruptedException, ExecutionException {
        List<Future<Void>> running = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            running.add(clients.submit(body.of(i)));
        }
        for (Future<Void> one : running) {
            one.get();
        }
    }
}
