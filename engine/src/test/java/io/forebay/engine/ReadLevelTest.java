package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionSettings;
import io.forebay.model.Database;
import io.forebay.model.DeleteRequest;
import io.forebay.model.Durability;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.NotReachedException;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.ReadPosition;
import io.forebay.model.WriteAck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each level waits for and tells, a collection's own level, and what a flush waits for. */
class ReadLevelTest {
    private static final WriteOptions OS = new WriteOptions(Durability.OS);

    @TempDir
    Path directory;

    private Forebay forebay;
    private Store store;
    private CollectionRuntime docs;

    @BeforeEach
    void open() {
        forebay = Forebay.open(directory, TestStores.small().withBoundedWaitMillis(20));
        store = forebay.store;
        docs = make("docs", CollectionConfig.DEFAULT);
    }

    @AfterEach
    void close() {
        if (docs.publishLock.isHeldByCurrentThread()) {
            docs.publishLock.unlock();
        }
        forebay.close();
    }

    private CollectionRuntime make(String name, CollectionConfig config) {
        return store.catalog.collection(forebay.createCollection(Database.DEFAULT_TENANT,
                Database.DEFAULT_DATABASE, name, null, config, false).join().id());
    }

    private WriteAck write(CollectionRuntime to, int number) {
        return forebay.write(to.info().id(), TestStores.batch(Operation.ADD, "r", number, number + 1, 8), OS)
                .join();
    }

    private CompletableFuture<Integer> count(ReadOptions read) {
        return forebay.count(docs.info().id(), read);
    }

    private static NotReachedException late(CompletableFuture<?> future) {
        try {
            Object answer = future.join();
            throw new AssertionError("answered " + answer);
        } catch (CompletionException failure) {
            return (NotReachedException) failure.getCause();
        }
    }

    @Test
    void aReadThatIsNotInTimeTellsThePositionAndLeavesNothingBehind() {
        long first = write(docs, 0).maxSeqId();
        forebay.flush(docs.info().id(), Position.APPLIED).join();
        docs.publishLock.lock(); // nothing is applied meanwhile
        long second = write(docs, 1).maxSeqId();
        for (ReadLevel level : ReadLevel.values()) {
            NotReachedException late = late(count(new ReadOptions(level, second, 30)));
            assertThat(late.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
            assertThat(late).hasMessageContaining("Applied seqId " + first + " has not reached " + second);
            assertThat(late.reachedSeqId()).isEqualTo(first);
            assertThat(late.wantedSeqId()).isEqualTo(second);
        }
        await().atMost(Duration.ofSeconds(90)).until(() -> docs.applied.waiting() == 0);
    }

    @Test
    void aSeqIdThatWasNeverGivenOutIsRefusedAtOnce() {
        long last = write(docs, 0).maxSeqId();
        NotReachedException refused = late(count(new ReadOptions(ReadLevel.INDEX_ONLY, last + 1, 0)));
        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(refused).hasMessageContaining("SeqId " + (last + 1) + " was never given out here");
        assertThatThrownBy(() -> new ReadOptions(null, -1, 0)).isInstanceOf(ForebayException.class);
    }

    @Test
    void aSeqIdOfAnotherCollectionStandsForWhatThisOneHasUpToIt() {
        write(docs, 0);
        CollectionRuntime other = make("other", CollectionConfig.DEFAULT);
        long token = write(other, 0).maxSeqId();
        assertThat(count(new ReadOptions(ReadLevel.INDEX_ONLY, token, 0)).join()).isEqualTo(1);
        docs.publishLock.lock();
        write(docs, 1);
        token = write(other, 1).maxSeqId();
        assertThat(late(count(new ReadOptions(ReadLevel.INDEX_ONLY, token, 30))).code())
                .isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    }

    @Test
    void onlyTheLevelsThatWaitDoSo() {
        write(docs, 0);
        forebay.flush(docs.info().id(), Position.APPLIED).join();
        docs.publishLock.lock();
        write(docs, 1);
        CompletableFuture<Integer> all = count(ReadOptions.of(ReadLevel.INDEX_AND_WAL));
        CompletableFuture<Integer> bounded = count(ReadOptions.of(ReadLevel.INDEX_AND_BOUNDED_WAL));
        CompletableFuture<Integer> only = count(ReadOptions.of(ReadLevel.INDEX_ONLY));
        // The bounded one has given up waiting, the first has not.
        await().atMost(Duration.ofSeconds(90)).until(() -> docs.applied.waiting() == 1);
        docs.publishLock.unlock();
        assertThat(only.join()).isBetween(1, 2);
        assertThat(bounded.join()).isBetween(1, 2);
        assertThat(all.join()).isEqualTo(2);
    }

    @Test
    void aCollectionsOwnLevelHoldsWhereAReadDoesNotSay() {
        CollectionSettings indexOnly = CollectionSettings.NONE.withReadLevel(ReadLevel.INDEX_ONLY);
        docs = make("quick", CollectionConfig.DEFAULT.with(indexOnly));
        write(docs, 0);
        forebay.flush(docs.info().id(), Position.APPLIED).join();
        docs.publishLock.lock();
        write(docs, 1);
        CompletableFuture<Integer> own = count(ReadOptions.DEFAULT);
        CompletableFuture<Integer> asked = count(ReadOptions.of(ReadLevel.INDEX_AND_WAL));
        assertThat(docs.applied.waiting()).isEqualTo(1);
        docs.publishLock.unlock();
        assertThat(own.join()).isBetween(1, 2);
        assertThat(asked.join()).isEqualTo(2);
        forebay.updateCollection(docs.info().id(), CollectionChange.NONE
                .with(CollectionSettings.NONE.withReadLevel(ReadLevel.INDEX_AND_WAL))).join();
        write(docs, 2);
        assertThat(count(ReadOptions.DEFAULT).join()).isEqualTo(3);
    }

    @Test
    void aDeleteFindsWhatWasAckedWhateverTheCollectionsLevel() {
        docs = make("quick", CollectionConfig.DEFAULT
                .with(CollectionSettings.NONE.withReadLevel(ReadLevel.INDEX_ONLY)));
        for (int i = 0; i < 20; i++) {
            write(docs, i);
            assertThat(forebay.delete(docs.info().id(), new DeleteRequest(List.of("r-" + i), null, null), OS)
                    .join().records()).isEqualTo(1);
        }
    }

    @Test
    void everyReadTellsThePositionItSaw() {
        WriteAck ack = write(docs, 0);
        ReadPosition[] told = new ReadPosition[1];
        ReadOptions read = ReadOptions.DEFAULT.tellingPosition(position -> told[0] = position);
        assertThat(count(read).join()).isEqualTo(1);
        assertThat(told[0].appliedSeqId()).isEqualTo(ack.maxSeqId());
        forebay.flush(docs.info().id(), Position.LINKED).join();
        forebay.query(docs.info().id(), QueryRequest.nearest(TestStores.vector(0, 8), 1), read).join();
        assertThat(told[0]).isEqualTo(new ReadPosition(ack.maxSeqId(), ack.maxSeqId()));
        docs = make("empty", CollectionConfig.DEFAULT);
        assertThat(count(read).join()).isZero();
        assertThat(told[0]).isEqualTo(new ReadPosition(0, 0));
    }

    @Test
    void aWriteThatChangesNothingTellsAPositionThatCanBeWaitedFor() {
        write(docs, 0);
        WriteAck nothing = forebay
                .delete(docs.info().id(), new DeleteRequest(List.of("none"), null, null), OS)
                .join();
        assertThat(nothing.records()).isZero();
        assertThat(count(new ReadOptions(ReadLevel.INDEX_ONLY, nothing.maxSeqId(), 0)).join()).isEqualTo(1);
    }

    @Test
    void aFlushWaitsForWhatWasAckedBeforeItAndNotForMore() {
        docs.publishLock.lock();
        long acked = write(docs, 0).maxSeqId();
        CompletableFuture<Void> flushed = forebay.flush(docs.info().id(), Position.APPLIED);
        assertThat(flushed).isNotDone();
        docs.publishLock.unlock();
        flushed.join();
        assertThat(docs.applied.position()).isGreaterThanOrEqualTo(acked);
        forebay.flush(docs.info().id(), Position.LINKED).join();
        assertThat(docs.linked.position()).isGreaterThanOrEqualTo(acked);
        forebay.flush(docs.info().id(), Position.DURABLE).join();
        assertThat(store.wal.durableSeqId()).isGreaterThanOrEqualTo(acked);
        docs.publishLock.lock();
        write(docs, 1);
        assertThat(docs.applied.reached(acked)).isDone();
    }

    @Test
    void aFlushThatIsNotInTimeTellsThePositionAndLeavesNothingBehind() {
        docs.publishLock.lock();
        long acked = write(docs, 0).maxSeqId();
        for (Position position : List.of(Position.APPLIED, Position.LINKED)) {
            NotReachedException late = late(forebay.flush(docs.info().id(), position, 30));
            assertThat(late.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
            assertThat(late.reachedSeqId()).isZero();
            assertThat(late.wantedSeqId()).isEqualTo(acked);
        }
        await().atMost(Duration.ofSeconds(90))
                .until(() -> docs.applied.waiting() == 0 && docs.linked.waiting() == 0);
    }

    @Test
    void aFlushEndsWhenItsCollectionIsDropped() {
        docs.publishLock.lock();
        write(docs, 0);
        CompletableFuture<Void> flushed = forebay.flush(docs.info().id(), Position.LINKED);
        CompletableFuture<Void> dropped = forebay.deleteCollection(Database.DEFAULT_TENANT,
                Database.DEFAULT_DATABASE, "docs");
        await().until(() -> forebay.store.catalog.findCollection(Database.DEFAULT_TENANT,
                Database.DEFAULT_DATABASE, "docs") == null);
        docs.publishLock.unlock();
        dropped.join();
        assertThatThrownBy(flushed::join).cause().isInstanceOfSatisfying(ForebayException.class,
                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.NOT_FOUND));
        assertThatThrownBy(() -> forebay.flush(docs.info().id(), Position.APPLIED).join()).cause()
                .hasMessageContaining("does not exist");
    }

    @Test
    void aFlushEndsWhenTheStoreIsClosed() throws Exception {
        docs.publishLock.lock();
        write(docs, 0);
        CompletableFuture<Void> flushed = forebay.flush(docs.info().id(), Position.LINKED);
        Thread closing = Thread.ofPlatform().start(forebay::close);
        assertThatThrownBy(flushed::join).cause().isInstanceOfSatisfying(ForebayException.class,
                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        docs.publishLock.unlock();
        closing.join();
        for (Position position : Position.values()) {
            CompletableFuture<Void> later = forebay.flush(docs.info().id(), position);
            assertThat(later.handle((done, failure) -> true)).succeedsWithin(Duration.ofSeconds(90));
        }
    }

    @Test
    void withBatchIngestAnAckWaitsForNoIndexerAndWithoutForTheIndex() {
        docs.publishLock.lock();
        write(docs, 0);
        assertThat(docs.applied.position()).isZero();
        forebay.updateCollection(docs.info().id(), Changes.of(false, Durability.OS)).join();
        CompletableFuture<WriteAck> waiting = forebay.write(docs.info().id(),
                TestStores.batch(Operation.ADD, "r", 1, 2, 8), WriteOptions.DEFAULT);
        forebay.updateCollection(docs.info().id(), Changes.of(true, null)).join();
        write(docs, 2);
        assertThat(waiting).isNotDone();
        docs.publishLock.unlock();
        assertThat(docs.linked.position()).isLessThanOrEqualTo(docs.applied.position());
        WriteAck ack = waiting.join();
        assertThat(docs.linked.position()).isGreaterThanOrEqualTo(ack.maxSeqId());
        forebay.updateCollection(docs.info().id(), Changes.of(false, null)).join();
        for (int i = 3; i < 30; i++) {
            long seqId = write(docs, i).maxSeqId();
            assertThat(forebay.status(docs.info().id()).linkedSeqId()).isGreaterThanOrEqualTo(seqId);
        }
    }
}
