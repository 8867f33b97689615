package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.model.DeleteRequest;
import io.forebay.model.Durability;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.Where;
import io.forebay.model.WriteAck;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The answer of a delete is how many records that very call removed. */
class DeleteCountTest {
    private static final int RECORDS = 400;
    private static final int THREADS = 6;

    @TempDir
    Path directory;

    @Test
    void deletesOfTheSameRecordsAtTheSameTimeCountEachOnce() throws Exception {
        long seed = TestStores.seed();
        try (Forebay store = Forebay.open(directory, TestStores.small());
                ExecutorService clients = Executors.newCachedThreadPool()) {
            UUID docs = TestStores.create(store, "docs");
            for (int round = 0; round < 3; round++) {
                store.write(docs, TestStores.batch(Operation.ADD, "r", 0, RECORDS, 4), WriteOptions.DEFAULT)
                        .join();
                List<Future<Integer>> counts = new ArrayList<>();
                for (int thread = 0; thread < THREADS; thread++) {
                    Random random = new Random(seed + thread);
                    counts.add(clients.submit(() -> deleteAll(store, docs, random)));
                }
                int sum = 0;
                for (Future<Integer> count : counts) {
                    sum += count.get();
                }
                assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isZero();
                assertThat(sum).isEqualTo(RECORDS);
            }
        }
    }

    /** Ids one by one, several at once, and by a filter, in a random order; several requests at once. */
    private static int deleteAll(Forebay store, UUID docs, Random random) {
        List<DeleteRequest> requests = new ArrayList<>();
        for (int i = 0; i < RECORDS; i += 8) {
            List<String> some = new ArrayList<>();
            for (int id = i; id < i + 8; id++) {
                some.add("r-" + id);
            }
            requests.add(DeleteRequest.ofIds(some.toArray(String[]::new)));
            requests.add(DeleteRequest.ofIds("r-" + random.nextInt(RECORDS)));
        }
        requests.add(new DeleteRequest(null,
                new Where.Compare("parity", Where.Comparison.EQ, MetadataValue.of("odd")), 50));
        Collections.shuffle(requests, random);
        List<CompletableFuture<WriteAck>> acks = new ArrayList<>();
        for (DeleteRequest request : requests) {
            acks.add(store.delete(docs, request, WriteOptions.DEFAULT));
            if (random.nextInt(10) == 0) {
                acks.forEach(CompletableFuture::join);
            }
        }
        return acks.stream().mapToInt(ack -> ack.join().records()).sum();
    }

    /** Neither durable nor acked: a read does not wait for it, and would find the record again and again. */
    @Test
    void aDeleteThatWasOvertakenWaitsUntilTheOtherIsAppliedAndLooksOnce() {
        AtomicInteger looks = new AtomicInteger();
        EngineMetrics counting = new EngineMetrics() {
            @Override
            public void read(String kind, long nanos) {
                looks.addAndGet(kind.equals("delete") ? 1 : 0);
            }
        };
        try (Forebay opened = Forebay.open(directory, TestStores.small(), counting)) {
            UUID docs = TestStores.create(opened, "docs");
            opened.write(docs, TestStores.batch(Operation.ADD, "r", 0, 10, 4), WriteOptions.DEFAULT).join();
            Store store = opened.store;
            CollectionRuntime runtime = store.catalog.collection(docs);
            HeldWal held = new HeldWal(store.wal);
            Deleting deletes = new Deleting(store.reads, new WritePath(held.wal, store.options, store.pool,
                    LinkGovernor.ofThisMachine(0.2), counting, store.backlog, store.keys, store.admission,
                    unopened -> {}),
                    store.waits);
            WriteOptions synced = new WriteOptions(Durability.SYNC);
            long before = runtime.lastAppended();
            CompletableFuture<WriteAck> first = deletes.delete(runtime, DeleteRequest.ofIds("r-0"), synced);
            await().until(() -> runtime.lastAppended() > before);
            CompletableFuture<WriteAck> second = deletes.delete(runtime, DeleteRequest.ofIds("r-0"), synced);
            await().until(() -> looks.get() >= 2);
            for (int i = 0; i < 50; i++) {
                opened.count(docs, ReadOptions.DEFAULT).join();
            }
            assertThat(looks).hasValueLessThan(10);
            held.synced(store.wal.lastSeqId());
            assertThat(first.join().records()).isEqualTo(1);
            assertThat(second.join().records()).isZero();
        }
    }

    @Test
    void whatIsRememberedOfDeletesIsBoundedAndEnough() {
        RecentDeletes recent = new RecentDeletes();
        for (int i = 1; i <= 200_000; i++) {
            recent.appended(ids("a" + i), i, 0);
        }
        assertThat(recent.overtakenBy(ids("a200000"), 199_999)).isEqualTo(200_000);
        assertThat(recent.overtakenBy(ids("a200000"), 200_000)).isZero();
        assertThat(recent.overtakenBy(ids("other"), 150_000)).isZero();
        // So long ago that it is not known any more whether it was one of these.
        assertThat(recent.overtakenBy(ids("other"), 10)).isBetween(11L, 199_999L);
        RecentDeletes applied = new RecentDeletes();
        for (int i = 1; i <= 5_000; i++) {
            applied.appended(ids("a" + i), i, i - 1);
        }
        assertThat(applied.overtakenBy(ids("other"), 4_500)).isZero();
        assertThat(applied.overtakenBy(ids("other"), 3_000)).isBetween(3_001L, 4_999L);
    }

    private static RecordBatch ids(String... ids) {
        return RecordBatch.builder(Operation.DELETE).ids(List.of(ids)).build();
    }
}
