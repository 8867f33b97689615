package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.Durability;
import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.WriteAck;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a feed gives: everything of its collection that is safe, in order, once, or the word that it is gone. */
class ChangeFeedTest {
    private static final WriteOptions SYNC = new WriteOptions(Durability.SYNC);
    private static final WriteOptions OS = new WriteOptions(Durability.OS);

    @TempDir
    Path directory;

    /** One change, kept. */
    private record Kept(long minSeqId, long maxSeqId, ByteBuffer batch) {
        static Kept of(Change change) {
            ByteBuffer bytes = change.batch().encoded();
            return new Kept(change.minSeqId(), change.maxSeqId(),
                    ByteBuffer.allocate(bytes.remaining()).put(bytes).flip());
        }
    }

    private static RecordBatch batch(String prefix, int records) {
        return TestStores.batch(Operation.UPSERT, prefix, 0, records, 8);
    }

    private static long write(Forebay store, UUID collection, String prefix) {
        return store.write(collection, batch(prefix, 3), WriteOptions.DEFAULT).join().maxSeqId();
    }

    /** What is there now, without waiting. */
    private static List<Kept> drain(ChangeFeed feed) {
        List<Kept> all = new ArrayList<>();
        Change change = feed.next();
        while (change != null || feed.isUnfinished()) {
            if (change != null) {
                all.add(Kept.of(change));
            }
            change = feed.next();
        }
        return all;
    }

    private static List<Long> firsts(List<Kept> all) {
        return all.stream().map(Kept::minSeqId).toList();
    }

    @Test
    void aFeedGivesWhatManyWritersWroteInOrderWhileTheyWrite() throws Exception {
        Random random = new Random(TestStores.seed());
        try (Forebay store = Forebay.open(directory, TestStores.small())) {
            UUID[] collections = {TestStores.create(store, "docs-a"),
                    TestStores.create(store, "docs-b"),
                    TestStores.create(store, "docs-c")};
            Map<Long, ByteBuffer> oracle = new ConcurrentSkipListMap<>();
            Semaphore more = new Semaphore(0);
            try (ChangeFeed feed = store.changes(collections[1], 0L)) {
                feed.onMore(more::release);
                List<CompletableFuture<Void>> writers = new ArrayList<>();
                for (int w = 0; w < 6; w++) {
                    long seed = random.nextLong();
                    int writer = w;
                    writers.add(CompletableFuture
                            .runAsync(() -> write(store, collections, writer, seed, oracle)));
                }
                CompletableFuture<Void> done = CompletableFuture
                        .allOf(writers.toArray(CompletableFuture[]::new));
                done.whenComplete((ok, failed) -> more.release());
                List<Kept> given = new ArrayList<>();
                while (!done.isDone() || given.size() < oracle.size()) {
                    assertThat(more.tryAcquire(30, TimeUnit.SECONDS)).as("woken").isTrue();
                    more.drainPermits();
                    given.addAll(drain(feed));
                }
                Map<Long, ByteBuffer> asGiven = new TreeMap<>();
                given.forEach(kept -> asGiven.put(kept.minSeqId, kept.batch));
                assertThat(firsts(given)).isSorted().doesNotHaveDuplicates();
                assertThat(asGiven).isEqualTo(oracle);
            }
            for (long from : new TreeMap<>(oracle).keySet()) {
                if (random.nextInt(20) == 0) {
                    try (ChangeFeed feed = store.changes(collections[1], from)) {
                        assertThat(firsts(drain(feed))).containsExactlyElementsOf(
                                new TreeMap<>(oracle).tailMap(from).keySet());
                    }
                }
            }
        }
    }

    private static void write(Forebay store, UUID[] collections, int writer, long seed,
            Map<Long, ByteBuffer> oracle) {
        Random random = new Random(seed);
        for (int i = 0; i < 80; i++) {
            int collection = random.nextInt(3);
            RecordBatch batch = TestStores.batch(random.nextBoolean() ? Operation.ADD : Operation.UPSERT,
                    "w" + writer, i, i + 1 + random.nextInt(20), 16);
            WriteAck ack = store.write(collections[collection], batch, random.nextBoolean() ? SYNC : OS)
                    .join();
            if (collection == 1) {
                oracle.put(ack.minSeqId(), batch.encoded());
            }
        }
    }

    @Test
    void whatNoSyncCoversIsNotGivenNorWhatWasAckedBehindIt() {
        Store store = Store.open(directory, TestStores.small(), EngineMetrics.NONE);
        CollectionRuntime docs = runtime(store);
        HeldWal held = new HeldWal(store.wal);
        WritePath writes = new WritePath(held.wal, store.options, store.pool, LinkGovernor.ofThisMachine(0.2),
                EngineMetrics.NONE, store.backlog, store.keys, store.admission, unopened -> {});
        Semaphore woken = new Semaphore(0);
        try (ChangeFeed feed = ChangeFeed.open(held.wal, docs, null)) {
            feed.onMore(woken::release);
            long os = writes.write(docs, batch("a", 3), OS).join().minSeqId();
            assertThat(firsts(drain(feed))).containsExactly(os);
            CompletableFuture<WriteAck> first = writes.write(docs, batch("b", 3), SYNC);
            CompletableFuture<WriteAck> second = writes.write(docs, batch("c", 3), SYNC);
            long behind = writes.write(docs, batch("d", 3), OS).join().minSeqId();
            assertThat(first).isNotDone();
            assertThat(drain(feed)).as("a power loss may take b back, and nobody was told").isEmpty();
            woken.drainPermits();
            held.synced(os + 5);
            assertThat(woken.tryAcquire()).isTrue();
            assertThat(firsts(drain(feed))).containsExactly(first.join().minSeqId());
            assertThat(second).isNotDone();
            held.synced(behind + 2);
            assertThat(firsts(drain(feed))).containsExactly(second.join().minSeqId(), behind);

            CompletableFuture<WriteAck> lost = writes.write(docs, batch("e", 3), SYNC);
            held.failed();
            assertThat(lost).isCompletedExceptionally();
            assertThat(drain(feed)).as("never acked, never durable").isEmpty();
        }
        store.close();
    }

    private static CollectionRuntime runtime(Store store) {
        return store.catalog.collection(new Administration(store).createCollection("default_tenant",
                "default_database", "docs", null, io.forebay.model.CollectionConfig.DEFAULT, false).join()
                .id());
    }

    @Test
    void aFeedWithoutAFirstSeqIdGivesWhatComesFromNowOn() {
        try (Forebay store = Forebay.open(directory, TestStores.small())) {
            UUID docs = TestStores.create(store, "docs");
            long before = write(store, docs, "a");
            try (ChangeFeed feed = store.changes(docs, null);
                    ChangeFeed ahead = store.changes(docs, before + 5)) {
                assertThat(feed.fromSeqId()).isEqualTo(before + 1);
                assertThat(feed.next()).isNull();
                write(store, docs, "b");
                assertThat(firsts(drain(feed))).containsExactly(before + 1);
                write(store, docs, "c");
                assertThat(firsts(drain(feed))).containsExactly(before + 4);
                assertThat(firsts(drain(ahead))).as("the batch that holds the seqId")
                        .containsExactly(before + 4);
            }
        }
    }

    @Test
    void whatIsPurgedIsSaidWithTheOldestThatIsLeftAndNeverPassedOver() {
        // Nothing is purged but by a checkpoint that the test asks for.
        Store store = Store.open(directory, TestStores.small(), EngineMetrics.NONE);
        CollectionRuntime docs = runtime(store);
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            all.add(big(store, docs, i));
        }
        try (ChangeFeed slow = ChangeFeed.open(store.wal, docs, 1L);
                ChangeFeed standing = ChangeFeed.open(store.wal, docs, 1L)) {
            assertThat(slow.next()).isNotNull();
            slow.release();
            Change first = standing.next();
            docs.applied.reached(docs.lastAppended()).join();
            assertThat(store.checkpointer.run()).isPositive();
            assertThat(first.minSeqId()).as("a file in hand can be read to its end")
                    .isEqualTo(all.getFirst());
            assertThat(first.batch().id(0)).isEqualTo("big0-0");
            long gone = store.wal.purgedThrough(docs.number);
            assertThat(gone).isBetween(all.get(1), all.get(11));
            assertThatThrownBy(slow::again).isInstanceOf(PurgedException.class);
            for (ChangeFeed feed : List.of(slow, standing)) {
                assertThatThrownBy(feed::next).isInstanceOfSatisfying(PurgedException.class,
                        purged -> assertThat(purged.oldestSeqId()).isEqualTo(gone + 1));
            }
            assertThatThrownBy(() -> ChangeFeed.open(store.wal, docs, gone))
                    .isInstanceOf(PurgedException.class)
                    .hasMessageContaining("oldest available seqId is " + (gone + 1));
            try (ChangeFeed rest = ChangeFeed.open(store.wal, docs, gone + 1)) {
                assertThat(firsts(drain(rest))).isNotEmpty()
                        .containsExactlyElementsOf(all.stream().filter(seqId -> seqId > gone).toList());
            }
        }
        store.close();
    }

    /** A batch of about a megabyte, of which a few fill an extent; its first seqId. */
    private static long big(Store store, CollectionRuntime runtime, int number) {
        return store.writes.write(runtime, TestStores.batch(Operation.UPSERT, "big" + number, 0, 200, 1024),
                WriteOptions.DEFAULT).join().minSeqId();
    }

    @Test
    void aHoleThatHeldNothingOfTheCollectionIsPassedOver() {
        Store store = Store.open(directory, TestStores.small(), EngineMetrics.NONE);
        CollectionRuntime docs = runtime(store);
        CollectionRuntime busy = store.catalog.collection(new Administration(store).createCollection(
                "default_tenant", "default_database", "busy", null, io.forebay.model.CollectionConfig.DEFAULT,
                false).join().id());
        long first = store.writes.write(docs, batch("a", 3), SYNC).join().minSeqId();
        for (int i = 0; i < 12; i++) {
            big(store, busy, i);
        }
        long last = store.writes.write(docs, batch("b", 3), SYNC).join().minSeqId();
        busy.applied.reached(busy.lastAppended()).join();
        // As if docs were behind: its entry pins the first extent, those of busy go.
        int purged = store.wal.purge(number -> number == busy.number ? Long.MAX_VALUE : 0);
        assertThat(purged).isPositive();
        try (ChangeFeed feed = ChangeFeed.open(store.wal, docs, 1L)) {
            assertThat(firsts(drain(feed))).containsExactly(first, last);
        }
        assertThatThrownBy(() -> ChangeFeed.open(store.wal, busy, 1L)).isInstanceOf(PurgedException.class);
        store.wal.purge(number -> Long.MAX_VALUE);
        try (ChangeFeed feed = ChangeFeed.open(store.wal, docs, last)) {
            assertThat(firsts(drain(feed))).containsExactly(last);
        }
        assertThatThrownBy(() -> ChangeFeed.open(store.wal, docs, first)).isInstanceOfSatisfying(
                PurgedException.class, gone -> assertThat(gone.oldestSeqId()).isEqualTo(first + 3));
        store.close();
    }

    @Test
    void whoHasSeenAllOfAQuietCollectionIsNotSentAwayWhateverOthersLostBeforeARestart() {
        long end;
        UUID docs;
        try (Forebay store = Forebay.open(directory, TestStores.small())) {
            docs = TestStores.create(store, "docs");
            UUID busy = TestStores.create(store, "busy");
            end = write(store, docs, "a");
            for (int i = 0; i < 12; i++) {
                store.write(busy, TestStores.batch(Operation.ADD, "b" + i, 0, 200, 1024), SYNC).join();
            }
            store.flush(docs, Position.APPLIED).join();
            store.flush(busy, Position.APPLIED).join(); // so that closing leaves nothing that needs the log
        }
        try (Forebay store = Forebay.open(directory, TestStores.small())) {
            assertThatThrownBy(() -> store.changes(docs, end)).isInstanceOfSatisfying(PurgedException.class,
                    gone -> assertThat(gone.oldestSeqId()).isEqualTo(end + 1));
            try (ChangeFeed feed = store.changes(docs, end + 1)) {
                assertThat(feed.next()).isNull();
                long later = write(store, docs, "c");
                assertThat(firsts(drain(feed))).containsExactly(later - 2);
            }
        }
    }

    @Test
    void aChangeThatWasReleasedIsReadAgain() {
        try (Forebay store = Forebay.open(directory, TestStores.small())) {
            UUID docs = TestStores.create(store, "docs");
            long end = write(store, docs, "a");
            write(store, docs, "b");
            try (ChangeFeed feed = store.changes(docs, 1L)) {
                Kept first = Kept.of(feed.next());
                feed.release();
                assertThat(Kept.of(feed.again())).isEqualTo(first);
                feed.release();
                assertThat(firsts(drain(feed))).containsExactly(end + 1);
            }
        }
    }

    @Test
    void aDropIsToldWhenItIsDurableAndEndsTheFeed() {
        Store store = Store.open(directory, TestStores.small(), EngineMetrics.NONE);
        CollectionRuntime docs = runtime(store);
        HeldWal held = new HeldWal(store.wal);
        try (ChangeFeed feed = ChangeFeed.open(held.wal, docs, null)) {
            new Administration(store).deleteCollection("default_tenant", "default_database", "docs").join();
            assertThat(feed.next()).isNull();
            assertThat(feed.isDropped()).as("for all this feed knows, a power loss may undo it").isFalse();
            held.synced(store.wal.lastSeqId());
            assertThat(feed.next()).isNull();
            assertThat(feed.isDropped()).isTrue();
        }
        assertThatThrownBy(() -> ChangeFeed.open(store.wal, docs, null)).isInstanceOf(ForebayException.class)
                .hasMessageContaining("does not exist");
        store.close();
    }

    @Test
    void aFeedOfAClosedStoreSaysSo() {
        Forebay store = Forebay.open(directory, TestStores.small());
        UUID docs = TestStores.create(store, "docs");
        write(store, docs, "a");
        Semaphore woken = new Semaphore(0);
        try (ChangeFeed feed = store.changes(docs, 1L)) {
            assertThat(feed.next()).isNotNull();
            feed.onMore(woken::release);
            woken.drainPermits();
            store.close();
            assertThat(woken.tryAcquire()).isTrue();
            assertThatThrownBy(feed::next).isInstanceOf(ForebayException.class)
                    .hasMessageContaining("closed");
        }
    }
}
