package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.model.DeadLetter;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import io.forebay.model.ReadOptions;
import io.forebay.model.WriteAck;
import io.forebay.wal.WalEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What could not be applied is kept, shown, written again once, or discarded. */
class DeadLetterTest {
    @TempDir
    Path root;

    private Path directory;
    private Forebay store;
    private int kills;

    @BeforeEach
    void open() {
        directory = root.resolve("store");
        store = Forebay.open(directory, TestStores.small());
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void reopen() {
        store.close();
        store = Forebay.open(directory, TestStores.small());
    }

    /** Of the disk as it is now, as a kill would leave it; nothing is applied or flushed meanwhile. */
    private void kill() throws Exception {
        openImage(TestStores.small());
    }

    private void openImage(ForebayOptions options) throws IOException {
        Path image = root.resolve("killed-" + kills++);
        StoreImage.copy(directory, image);
        store.close();
        directory = image;
        store = Forebay.open(directory, options);
    }

    private static WriteAck write(Forebay store, UUID docs, String prefix, int count) {
        return store.write(docs, TestStores.batch(Operation.UPSERT, prefix, 0, count, 8),
                WriteOptions.DEFAULT).join();
    }

    private long poison(UUID docs, String prefix, int count) {
        return store.write(docs,
                Poison.withDamagedMetadata(TestStores.batch(Operation.UPSERT, prefix, 0, count, 8)),
                WriteOptions.DEFAULT).join().minSeqId();
    }

    /** Sound, and yet not applied when it comes first: as if a defect had been mended since. */
    private long parkOnce(UUID docs, String prefix, int count) {
        long[] first = new long[]{-1};
        failing(entry -> {
            if (first[0] < 0 || first[0] == entry.minSeqId()) {
                first[0] = entry.minSeqId();
                throw new IllegalArgumentException("for the test");
            }
        });
        long seqId = write(store, docs, prefix, count).minSeqId();
        store.flush(docs, Position.APPLIED).join();
        healthy();
        return seqId;
    }

    private void failing(Consumer<WalEntry> how) {
        store.store.applying.watch = new Applying.Watch() {
            @Override
            public void entry(WalEntry entry) {
                how.accept(entry);
            }
        };
    }

    private void healthy() {
        failing(entry -> {});
    }

    private List<DeadLetter> letters(UUID docs) {
        return store.deadLetters(docs, 0, 100).join();
    }

    private int count(UUID docs) {
        return store.count(docs, ReadOptions.DEFAULT).join();
    }

    private static ErrorCode codeOf(CompletableFuture<?> refused) {
        ErrorCode[] code = new ErrorCode[1];
        assertThatThrownBy(refused::join).cause().isInstanceOfSatisfying(ForebayException.class,
                told -> code[0] = told.code());
        return code[0];
    }

    @Test
    void aLetterSaysWhatItWasAlsoAfterRestarts() {
        UUID docs = TestStores.create(store, "docs");
        write(store, docs, "r", 10);
        long first = poison(docs, "bad", 5);
        long second = poison(docs, "worse", 3);
        write(store, docs, "s", 10);
        store.flush(docs, Position.APPLIED).join();
        List<DeadLetter> before = letters(docs);
        for (int restart = 0; restart < 3; restart++) {
            assertThat(letters(docs)).isEqualTo(before).extracting(DeadLetter::minSeqId)
                    .containsExactly(first, second);
            DeadLetter letter = letters(docs).getFirst();
            assertThat(letter.maxSeqId()).isEqualTo(first + 4);
            assertThat(letter.operation()).isEqualTo(Operation.UPSERT);
            assertThat(letter.records()).isEqualTo(5);
            assertThat(letter.ids()).containsExactly("bad-0", "bad-1", "bad-2", "bad-3", "bad-4");
            assertThat(letter.bytes()).isPositive();
            assertThat(letter.reason()).contains("Exception");
            assertThat(store.deadLetters(docs, 1, 1).join()).containsExactly(before.get(1));
            assertThat(store.deadLetters(docs, 2, 1).join()).isEmpty();
            assertThat(store.status(docs).parkedEntries()).isEqualTo(2);
            assertThat(store.health().status()).isEqualTo(Health.Status.YELLOW);
            assertThat(store.health().reasons()).singleElement().asString()
                    .contains("2 entries are set aside", "[" + second, "dead_letters");
            assertThat(count(docs)).isEqualTo(20);
            reopen();
        }
    }

    @Test
    void whatWasNotFlushedBeforeAKillIsSetAsideAgain() throws Exception {
        UUID docs = TestStores.create(store, "docs");
        long bad = poison(docs, "bad", 5);
        store.flush(docs, Position.APPLIED).join();
        for (int i = 0; i < 2; i++) {
            if (i == 1) {
                store.store.checkpointer.run();
            }
            kill();
            store.flush(docs, Position.APPLIED).join();
            assertThat(letters(docs)).singleElement().extracting(DeadLetter::minSeqId).isEqualTo(bad);
            assertThat(store.status(docs).parkedEntries()).isEqualTo(1);
        }
    }

    @Test
    void aDiscardedLetterIsGoneForGood() throws Exception {
        UUID docs = TestStores.create(store, "docs");
        long bad = poison(docs, "bad", 5);
        long worse = poison(docs, "worse", 5);
        store.flush(docs, Position.APPLIED).join();
        assertThat(codeOf(store.discardDeadLetter(docs, bad + 1))).isEqualTo(ErrorCode.NOT_FOUND);
        store.discardDeadLetter(docs, bad).join();
        assertThat(codeOf(store.discardDeadLetter(docs, bad))).isEqualTo(ErrorCode.NOT_FOUND);
        kill();
        assertThat(letters(docs)).singleElement().extracting(DeadLetter::minSeqId).isEqualTo(worse);
        assertThat(store.discardDeadLetters(docs).join()).isEqualTo(1);
        assertThat(letters(docs)).isEmpty();
        assertThat(store.health()).isEqualTo(new Health(Health.Status.GREEN, List.of()));
        assertThat(codeOf(store.retryDeadLetter(docs, worse, WriteOptions.DEFAULT)))
                .isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void aRetryThatWorksTakesTheLetterAway() {
        UUID docs = TestStores.create(store, "docs");
        long parked = parkOnce(docs, "r", 10);
        assertThat(count(docs)).isZero();
        WriteAck ack = store.retryDeadLetter(docs, parked, WriteOptions.DEFAULT).join();
        assertThat(ack.minSeqId()).isGreaterThan(parked + 9);
        assertThat(ack.replayed()).isFalse();
        assertThat(count(docs)).isEqualTo(10);
        assertThat(letters(docs)).isEmpty();
        assertThat(store.health()).isEqualTo(new Health(Health.Status.GREEN, List.of()));
        // Whose answer was lost asks again.
        for (int i = 0; i < 2; i++) {
            WriteAck again = store.retryDeadLetter(docs, parked, WriteOptions.DEFAULT).join();
            assertThat(again.replayed()).isTrue();
            assertThat(again.maxSeqId()).isEqualTo(ack.maxSeqId());
            reopen();
            assertThat(count(docs)).isEqualTo(10);
            assertThat(letters(docs)).isEmpty();
        }
    }

    @Test
    void aRetryThatFailsLeavesANewLetterInPlaceOfTheOld() {
        UUID docs = TestStores.create(store, "docs");
        long bad = poison(docs, "bad", 5);
        write(store, docs, "r", 5);
        store.flush(docs, Position.APPLIED).join();
        WriteAck ack = store.retryDeadLetter(docs, bad, WriteOptions.DEFAULT).join();
        store.flush(docs, Position.APPLIED).join();
        for (int restart = 0; restart < 2; restart++) {
            assertThat(letters(docs)).singleElement().satisfies(letter -> {
                assertThat(letter.minSeqId()).isEqualTo(ack.minSeqId());
                assertThat(letter.ids()).contains("bad-0");
            });
            assertThat(store.status(docs).parkedEntries()).isEqualTo(1);
            reopen();
        }
    }

    @Test
    void aRetryIsWrittenOnceAlsoWhenTheProcessDiesBetween() throws Exception {
        UUID docs = TestStores.create(store, "docs");
        long parked = parkOnce(docs, "r", 10);
        store.store.checkpointer.run();
        failing(entry -> {
            throw new IllegalStateException("not applied, for the test");
        });
        WriteAck ack = store.retryDeadLetter(docs, parked, WriteOptions.DEFAULT).join();
        WriteAck twin = store.retryDeadLetter(docs, parked, WriteOptions.DEFAULT).join();
        assertThat(twin.maxSeqId()).isEqualTo(ack.maxSeqId());
        assertThat(letters(docs)).hasSize(1);
        long end = store.stats().lastSeqId();
        kill();
        WriteAck again = store.retryDeadLetter(docs, parked, WriteOptions.DEFAULT).join();
        assertThat(again.replayed()).isTrue();
        assertThat(again.maxSeqId()).isEqualTo(ack.maxSeqId());
        assertThat(count(docs)).isEqualTo(10);
        assertThat(letters(docs)).isEmpty();
        assertThat(store.stats().lastSeqId()).isEqualTo(end);
    }

    @Test
    void aLetterThatComesAgainAfterAKillGoesWithTheRetryBehindIt() throws Exception {
        // Small ones are applied in one group, large ones each in its own.
        for (int dimension : new int[]{8, 2_000}) {
            UUID kind = TestStores.create(store, "kind-" + dimension);
            long bad = store.write(kind,
                    Poison.withDamagedMetadata(TestStores.batch(Operation.UPSERT, "bad", 0, 60, dimension)),
                    WriteOptions.DEFAULT).join().minSeqId();
            store.flush(kind, Position.APPLIED).join();
            WriteAck ack = store.retryDeadLetter(kind, bad, WriteOptions.DEFAULT).join();
            store.flush(kind, Position.APPLIED).join();
            for (int i = 0; i < 2; i++) {
                assertThat(letters(kind)).extracting(DeadLetter::minSeqId).containsExactly(ack.minSeqId());
                assertThat(store.status(kind).parkedEntries()).isEqualTo(1);
                kill();
                store.flush(kind, Position.APPLIED).join();
            }
        }
    }

    @Test
    void aRetryWhoseKeyIsForgottenIsStillNotWrittenTwice() throws Exception {
        UUID docs = TestStores.create(store, "docs");
        long parked = parkOnce(docs, "r", 10);
        store.store.checkpointer.run();
        failing(entry -> {
            throw new IllegalStateException("not applied, for the test");
        });
        long end = store.retryDeadLetter(docs, parked, WriteOptions.DEFAULT).join().maxSeqId();
        // A table that holds one key, which another takes.
        openImage(TestStores.small().withIdempotency(new IdempotencyOptions(1, 3600)));
        CollectionRuntime runtime = store.store.catalog.collection(docs);
        runtime.publishLock.lock(); // nothing is committed meanwhile
        try {
            boolean applied = runtime.applied.position() >= end;
            store.write(docs, TestStores.batch(Operation.ADD, "other", 0, 1, 8),
                    WriteOptions.ofKey("other")).join();
            ErrorCode code = codeOf(store.retryDeadLetter(docs, parked, WriteOptions.DEFAULT));
            assertThat(code).isEqualTo(applied ? ErrorCode.NOT_FOUND : ErrorCode.ALREADY_EXISTS);
        } finally {
            runtime.publishLock.unlock();
        }
        assertThat(count(docs)).isEqualTo(11);
        assertThat(codeOf(store.retryDeadLetter(docs, parked, WriteOptions.DEFAULT)))
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(count(docs)).isEqualTo(11);
    }

    @Test
    void allAreRetriedInTheirOrder() {
        UUID docs = TestStores.create(store, "docs");
        failing(entry -> {
            throw new IllegalArgumentException("for the test");
        });
        write(store, docs, "r", 10);
        store.write(docs, TestStores.batch(Operation.UPSERT, "s", 0, 10, 8), WriteOptions.DEFAULT).join();
        store.write(docs, TestStores.batch(Operation.DELETE, "r", 5, 10, 8), WriteOptions.DEFAULT).join();
        store.flush(docs, Position.APPLIED).join();
        assertThat(letters(docs)).hasSize(3);
        healthy();
        WriteAck last = store.retryDeadLetters(docs, WriteOptions.DEFAULT).join().getLast();
        assertThat(last.maxSeqId()).isEqualTo(store.stats().lastSeqId());
        assertThat(count(docs)).isEqualTo(15);
        assertThat(letters(docs)).isEmpty();
        assertThat(store.retryDeadLetters(docs, WriteOptions.DEFAULT).join()).isEmpty();
    }

    @Test
    void aLetterThatIsRefusedDoesNotKeepTheOthersFromBeingRetried() {
        UUID docs = TestStores.create(store, "docs");
        failing(entry -> {
            throw new IllegalArgumentException("for the test");
        });
        write(store, docs, "r", 5);
        long refused = write(store, docs, "s", 5).minSeqId();
        write(store, docs, "t", 5);
        store.flush(docs, Position.APPLIED).join();
        healthy();
        // As if it had been settled a moment ago: known here, and not kept any more.
        store.store.records.deadLetters().remove(store.collection(docs).number(), List.of(refused));
        assertThat(codeOf(store.retryDeadLetters(docs, WriteOptions.DEFAULT)))
                .isEqualTo(ErrorCode.NOT_FOUND);
        store.flush(docs, Position.APPLIED).join();
        assertThat(count(docs)).isEqualTo(10);
        assertThat(letters(docs)).isEmpty();
    }

    @Test
    void aForkTakesNoLettersAndADropTakesThemAway() {
        UUID docs = TestStores.create(store, "docs");
        write(store, docs, "r", 10);
        poison(docs, "bad", 5);
        UUID fork = store.forkCollection(docs, "fork").join().id();
        assertThat(store.deadLetters(fork, 0, 10).join()).isEmpty();
        assertThat(store.status(fork).parkedEntries()).isZero();
        int number = store.collection(docs).number();
        TestStores.drop(store, "docs");
        assertThat(store.health().status()).isEqualTo(Health.Status.GREEN);
        reopen();
        // What is dropped is removed in the background, also behind a start.
        await().atMost(Duration.ofSeconds(90))
                .until(() -> store.store.records.deadLetters().read(number, 0, 10).isEmpty());
        assertThat(store.health().status()).isEqualTo(Health.Status.GREEN);
        assertThat(codeOf(store.deadLetters(docs, 0, 10))).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void aLargeEntryIsKeptWhole() {
        UUID docs = TestStores.create(store, "docs");
        long[] parked = new long[1];
        failing(entry -> {
            throw new IllegalArgumentException("for the test");
        });
        parked[0] = store.write(docs, TestStores.batch(Operation.ADD, "big", 0, 3_000, 256),
                WriteOptions.DEFAULT).join().minSeqId();
        store.flush(docs, Position.APPLIED).join();
        assertThat(letters(docs).getFirst().bytes()).isGreaterThan(3_000_000);
        healthy();
        reopen();
        store.retryDeadLetter(docs, parked[0], WriteOptions.DEFAULT).join();
        assertThat(count(docs)).isEqualTo(3_000);
        assertThat(letters(docs)).isEmpty();
    }

    @Test
    void moreThanAreKeptRefuseWritesButNoRetry() {
        UUID docs = TestStores.create(store, "docs");
        long bad = parkOnce(docs, "bad", 5);
        DeadLetters kept = store.store.catalog.collection(docs).letters;
        kept.checkRoom(store.collection(docs), 10_000, 1);
        assertThatThrownBy(() -> kept.checkRoom(store.collection(docs), 10, 1))
                .isInstanceOfSatisfying(ForebayException.class,
                        told -> assertThat(told.code()).isEqualTo(ErrorCode.INSUFFICIENT_STORAGE));
        // As if there were very many.
        for (int i = 0; i <= DeadLetters.COUNT_MAX; i++) {
            kept.parked(new DeadLetter(1, 1_000_000 + i, 1_000_000 + i, null, 1, List.of(), "test", 0, 0, 1));
        }
        assertThat(codeOf(store.write(docs, TestStores.batch(Operation.ADD, "r", 0, 1, 8),
                WriteOptions.DEFAULT))).isEqualTo(ErrorCode.INSUFFICIENT_STORAGE);
        store.retryDeadLetter(docs, bad, WriteOptions.DEFAULT).join();
        assertThat(count(docs)).isEqualTo(5);
        for (int i = 0; i <= DeadLetters.COUNT_MAX; i++) {
            kept.removed(1_000_000 + i);
        }
        write(store, docs, "r", 1);
    }
}
