package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.CollectionConfig;
import io.forebay.model.Database;
import io.forebay.model.DeleteRequest;
import io.forebay.model.Durability;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.Where;
import io.forebay.model.WriteAck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A write with an idempotency key is done once, and says each time what it said the first time. */
class IdempotencyTest {
    private static final Where EVEN = new Where.Compare("parity", Where.Comparison.EQ,
            MetadataValue.of("even"));
    private static final DeleteRequest DELETE_EVEN = new DeleteRequest(null, EVEN, null);

    @TempDir
    Path directory;

    private Forebay store;
    private UUID docs;

    @BeforeEach
    void open() {
        store = Forebay.open(directory, TestStores.small());
        docs = TestStores.create(store, "docs");
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void reopen() {
        store.close();
        open();
    }

    @Test
    void aRetryGetsTheFirstAnswerAndAppendsNothing() {
        WriteAck first = upsert("key", 0, 5);
        upsert("another", 3, 8);
        long end = store.stats().lastSeqId();
        WriteAck again = upsert("key", 0, 5);
        assertSameAnswer(again, first);
        assertThat(first.replayed()).isFalse();
        assertThat(store.stats().lastSeqId()).isEqualTo(end);
        assertThat(store.status(docs).operations()).isEqualTo(10);
    }

    @Test
    void aRetryIsKnownAfterARestart() {
        WriteAck first = upsert("key", 0, 5);
        WriteAck removed = delete("gone", DELETE_EVEN);
        reopen();
        assertSameAnswer(upsert("key", 0, 5), first);
        assertSameAnswer(delete("gone", DELETE_EVEN), removed);
        reopen();
        assertSameAnswer(upsert("key", 0, 5), first);
        assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(2);
    }

    @Test
    void theSameKeyWithAnotherRequestIsAConflict() {
        WriteAck first = upsert("key", 0, 5);
        assertConflict(write("key", TestStores.batch(Operation.UPSERT, "r", 0, 6, 8)), first);
        assertConflict(write("key", TestStores.batch(Operation.ADD, "r", 0, 5, 8)), first);
        assertConflict(store.delete(docs, DELETE_EVEN, WriteOptions.ofKey("key")), first);
        reopen();
        assertConflict(write("key", TestStores.batch(Operation.UPSERT, "r", 0, 6, 8)), first);
        assertThat(store.status(docs).operations()).isEqualTo(5);
    }

    @Test
    void aDeleteByFilterIsRepeatedInNameOnly() {
        upsert("load", 0, 10);
        WriteAck first = delete("key", DELETE_EVEN);
        assertThat(first.records()).isEqualTo(5);
        upsert("more", 20, 30);
        assertSameAnswer(delete("key", DELETE_EVEN), first);
        assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(15);
        assertConflict(store.delete(docs, new DeleteRequest(null, EVEN, 3), WriteOptions.ofKey("key")),
                first);
        assertConflict(store.delete(docs, DeleteRequest.ofIds("r-0"), WriteOptions.ofKey("key")), first);
    }

    @Test
    void aDeleteThatFoundNothingIsRememberedToo() {
        WriteAck first = delete("key", DELETE_EVEN);
        assertThat(first.records()).isZero();
        upsert("load", 0, 10);
        assertSameAnswer(delete("key", DELETE_EVEN), first);
        assertThat(store.flush(docs, Position.LINKED)).succeedsWithin(Duration.ofSeconds(90));
        assertThat(store.status(docs).ingestLag().records()).isZero();
        assertThat(store.status(docs).indexLag().records()).isZero();
        reopen();
        assertSameAnswer(delete("key", DELETE_EVEN), first);
        assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(10);
    }

    @Test
    void anEmptyBatchWithAKeyIsAWriteLikeAnother() {
        RecordBatch nothing = RecordBatch.builder(Operation.ADD).build();
        WriteAck first = write("key", nothing).join();
        upsert("load", 0, 3);
        assertSameAnswer(write("key", nothing).join(), first);
        assertConflict(write("key", TestStores.batch(Operation.ADD, "r", 0, 1, 8)), first);
        assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(3);
    }

    @Test
    void aKeyBelongsToItsCollection() {
        UUID other = TestStores.create(store, "other");
        WriteAck here = upsert("key", 0, 5);
        RecordBatch batch = TestStores.batch(Operation.UPSERT, "r", 0, 5, 8);
        WriteAck there = store.write(other, batch, WriteOptions.ofKey("key")).join();
        assertThat(there.replayed()).isFalse();
        assertThat(there.minSeqId()).isGreaterThan(here.maxSeqId());
        assertSameAnswer(upsert("key", 0, 5), here);
        assertSameAnswer(store.write(other, batch, WriteOptions.ofKey("key")).join(), there);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aKeyOfADroppedCollectionDoesNotAnswerForTheNextOfItsName(boolean restarted) {
        upsert("key", 0, 5);
        TestStores.drop(store, "docs");
        docs = TestStores.create(store, "docs");
        if (restarted) {
            reopen();
        }
        assertThat(store.stats().idempotencyKeys()).isZero();
        assertThat(upsert("key", 0, 7).replayed()).isFalse();
        assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(7);
    }

    @Test
    void whatWasRefusedIsNotRemembered() {
        upsert("load", 0, 1);
        assertThatThrownBy(() -> write("key", TestStores.batch(Operation.UPSERT, "r", 0, 5, 9)).join())
                .hasMessageContaining("dimension of 8");
        WriteAck second = upsert("key", 0, 5);
        assertThat(second.replayed()).isFalse();
        assertThat(second.records()).isEqualTo(5);
    }

    @Test
    void aRetryIsAsDurableAsItAsksFor() {
        RecordBatch batch = TestStores.batch(Operation.UPSERT, "r", 0, 5, 8);
        for (int i = 0; i < 20; i++) {
            WriteAck first = store.write(docs, batch, new WriteOptions(Durability.OS, "key-" + i)).join();
            WriteAck again = store.write(docs, batch, new WriteOptions(Durability.SYNC, "key-" + i)).join();
            assertThat(store.stats().durableSeqId()).isGreaterThanOrEqualTo(again.maxSeqId());
            assertThat(again.maxSeqId()).isEqualTo(first.maxSeqId());
            assertThat(first.durability()).isEqualTo(Durability.OS);
            assertThat(again.durability()).isEqualTo(Durability.SYNC);
        }
    }

    @Test
    void whatAFailedSyncWasToCoverIsNotAcknowledgedToARetryEither() {
        WriteAck durable = upsert("durable", 0, 5);
        // A sync on a thread that was interrupted closes its file and fails, as a broken disk makes it fail.
        Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().equals("wal-sync"))
                .forEach(Thread::interrupt);
        RecordBatch batch = TestStores.batch(Operation.UPSERT, "r", 5, 9, 8);
        store.write(docs, batch, new WriteOptions(Durability.OS, "lost")).join();
        assertUnavailable(write("another", batch));
        assertUnavailable(store.write(docs, batch, new WriteOptions(Durability.OS, "lost")));
        assertUnavailable(store.write(docs, batch, new WriteOptions(Durability.SYNC, "another")));
        assertSameAnswer(upsert("durable", 0, 5), durable);
    }

    private static void assertUnavailable(CompletableFuture<WriteAck> future) {
        assertThatThrownBy(future::join).cause().isInstanceOfSatisfying(ForebayException.class,
                told -> assertThat(told.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    void aRetryIsLinkedWhereTheCollectionAsksForThat() {
        docs = store.createCollection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, "linked", null,
                CollectionConfig.DEFAULT.withBatchIngest(false), false).join().id();
        RecordBatch batch = TestStores.batch(Operation.UPSERT, "r", 0, 2000, 8);
        CompletableFuture<WriteAck> first = write("key", batch);
        WriteAck again = write("key", batch).join();
        assertThat(again.replayed()).isTrue();
        assertThat(store.status(docs).linkedSeqId()).isGreaterThanOrEqualTo(again.maxSeqId());
        assertSameAnswer(again, first.join());
    }

    @Test
    void manyAtOnceWithOneKeyAppendOnce() throws Exception {
        atOnce(32, "write", key -> write(key, TestStores.batch(Operation.UPSERT, "r", 0, 5, 8)), 5);
        atOnce(32, "delete", key -> store.delete(docs, DELETE_EVEN, WriteOptions.ofKey(key)), 3);
    }

    private void atOnce(int threads, String key, Function<String, CompletableFuture<WriteAck>> call,
            int records) throws Exception {
        for (int round = 0; round < 20; round++) {
            upsert("load-" + key + round, 0, 5);
            long before = store.status(docs).operations();
            String name = key + "-" + round;
            CountDownLatch ready = new CountDownLatch(threads);
            List<CompletableFuture<WriteAck>> acks = new ArrayList<>();
            try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
                for (int i = 0; i < threads; i++) {
                    acks.add(CompletableFuture.supplyAsync(() -> {
                        ready.countDown();
                        try {
                            ready.await();
                        } catch (InterruptedException interrupted) {
                            throw new IllegalStateException(interrupted);
                        }
                        return call.apply(name);
                    }, pool).thenCompose(answer -> answer));
                }
                CompletableFuture.allOf(acks.toArray(CompletableFuture[]::new)).join();
            }
            assertThat(acks).extracting(ack -> ack.join().minSeqId())
                    .containsOnly(acks.get(0).join().minSeqId());
            assertThat(acks).extracting(ack -> ack.join().records()).containsOnly(records);
            assertThat(acks.stream().filter(ack -> !ack.join().replayed())).hasSize(1);
            assertThat(store.status(docs).operations()).isEqualTo(before + records);
        }
    }

    @Test
    void aKeyOfNoneOrTooManyOrInvisibleCharactersIsRefused() {
        for (String wrong : List.of("", "a b", "tab\t", "ä", "x".repeat(256))) {
            assertThatThrownBy(() -> WriteOptions.ofKey(wrong)).isInstanceOfSatisfying(ForebayException.class,
                    refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
        }
        assertThat(upsert("!~" + "x".repeat(253), 0, 1).replayed()).isFalse();
    }

    private WriteAck upsert(String key, int from, int to) {
        return write(key, TestStores.batch(Operation.UPSERT, "r", from, to, 8)).join();
    }

    private WriteAck delete(String key, DeleteRequest request) {
        return store.delete(docs, request, WriteOptions.ofKey(key)).join();
    }

    private CompletableFuture<WriteAck> write(String key, RecordBatch batch) {
        return store.write(docs, batch, WriteOptions.ofKey(key));
    }

    private static void assertSameAnswer(WriteAck again, WriteAck first) {
        assertThat(again).isEqualTo(
                new WriteAck(first.minSeqId(), first.maxSeqId(), first.records(), first.durability(), true));
    }

    private static void assertConflict(CompletableFuture<WriteAck> future, WriteAck first) {
        assertThatThrownBy(future::join).cause().isInstanceOfSatisfying(ForebayException.class, told -> {
            assertThat(told.code()).isEqualTo(ErrorCode.ALREADY_EXISTS);
            assertThat(told).hasMessageContaining("Idempotency key [key] already exists")
                    .hasMessageContaining("seqIds " + first.minSeqId() + " to " + first.maxSeqId());
        });
    }
}
