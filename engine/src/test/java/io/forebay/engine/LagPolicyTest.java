package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.model.CollectionSettings;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.LagPolicy;
import io.forebay.model.Operation;
import io.forebay.model.ReadOptions;
import io.forebay.model.WriteAck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to writes of a collection whose index is too far behind. */
class LagPolicyTest {
    private static final long HOUR_MILLIS = 3_600_000;
    private static final long NEVER_SECONDS = 1_000_000;

    @TempDir
    Path directory;

    private final AtomicLong delayed = new AtomicLong();
    private final List<String> refusals = new ArrayList<>();
    private Forebay store;
    private UUID docs;
    private CollectionRuntime runtime;
    private int written;

    @BeforeEach
    void open() {
        store = Forebay.open(directory, TestStores.small(), new EngineMetrics() {
            @Override
            public void delayed(String reason, long nanos) {
                delayed.incrementAndGet();
            }

            @Override
            public void refused(String reason) {
                refusals.add(reason);
            }
        });
        docs = TestStores.create(store, "docs");
        runtime = store.store.catalog.collection(docs);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void policy(LagPolicy policy, long recordsMax, long delayMillisMax) {
        store.pressure(PressureOptions.defaults().withLag(policy, recordsMax, NEVER_SECONDS)
                .withLagDelayMillisMax(delayMillisMax));
    }

    private CompletableFuture<WriteAck> write(int records) {
        return write(docs, records);
    }

    private CompletableFuture<WriteAck> write(UUID collection, int records) {
        written += records;
        return store.write(collection,
                TestStores.batch(Operation.ADD, "r", written - records, written, 8), WriteOptions.DEFAULT);
    }

    private ForebayException refused(CompletableFuture<?> write) {
        assertThatThrownBy(write::join).cause().isInstanceOf(ForebayException.class);
        ForebayException refused = (ForebayException) write.exceptionNow();
        assertThat(refused.code()).isEqualTo(ErrorCode.BACKOFF);
        assertThat(refused.limit()).isEqualTo("lag");
        assertThat(refused.retryAfterSeconds()).isBetween(1, 60);
        return refused;
    }

    @Test
    void rejectRefusesOnlyTheCollectionThatIsBehindAndTakesItsWritesAgainWhenItIsNot() {
        policy(LagPolicy.REJECT, 10, HOUR_MILLIS);
        UUID other = TestStores.create(store, "other");
        runtime.publishLock.lock(); // nothing of it is applied
        try {
            write(11).join();
            long end = store.stats().lastSeqId();
            assertThat(refused(write(1))).hasMessageContaining("Collection [docs]")
                    .hasMessageContaining("11 records (lag_records_max 10)");
            assertThat(store.stats().lastSeqId()).isEqualTo(end);
            assertThat(refusals).containsExactly("lag");
            write(other, 11).join();
        } finally {
            runtime.publishLock.unlock();
        }
        store.flush(docs, Position.LINKED).join();
        write(1).join();
        assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(12);
    }

    @Test
    void rejectAlsoLooksAtTheAgeOfTheOldestRecordThatIsNotLinked() {
        store.pressure(PressureOptions.defaults().withLag(LagPolicy.REJECT, 1000, 1));
        runtime.publishLock.lock();
        try {
            write(1).join();
            await().atMost(Duration.ofSeconds(90)).until(() -> store.status(docs).indexLag().seconds() > 1);
            assertThat(refused(write(1))).hasMessageContaining("seconds (lag_seconds_max 1)");
        } finally {
            runtime.publishLock.unlock();
        }
    }

    @Test
    void slowHoldsTheAckBackUntilTheIndexHasCaughtUp() {
        policy(LagPolicy.SLOW, 10, HOUR_MILLIS);
        CompletableFuture<WriteAck> within;
        CompletableFuture<WriteAck> beyond;
        runtime.publishLock.lock();
        try {
            within = write(10);
            within.join();
            beyond = write(5);
            await().until(() -> runtime.brake.held() == 1);
            // It is in the log, durable, and no thread waits for it.
            assertThat(store.status(docs).durableSeqId()).isEqualTo(store.stats().lastSeqId());
            assertThat(beyond).isNotDone();
        } finally {
            runtime.publishLock.unlock();
        }
        assertThat(beyond.join().records()).isEqualTo(5);
        assertThat(store.status(docs).linkedOperations()).isGreaterThanOrEqualTo(5);
        await().until(() -> delayed.get() == 1);
        assertThat(runtime.brake.held()).isZero();
    }

    @Test
    void noAckIsHeldBackLongerThanItsBound() {
        policy(LagPolicy.SLOW, 1, 50);
        runtime.publishLock.lock();
        try {
            for (int i = 0; i < 5; i++) {
                write(2).join();
            }
            assertThat(delayed.get()).isEqualTo(5);
            assertThat(store.status(docs).appliedSeqId()).isZero();
        } finally {
            runtime.publishLock.unlock();
        }
    }

    @Test
    void slowRefusesWhatWouldBeHeldBackForTooLong() {
        write(2000).join();
        store.flush(docs, Position.LINKED).join(); // so the rate is known
        policy(LagPolicy.SLOW, 1, 1);
        runtime.publishLock.lock();
        try {
            write(20_000).join();
            assertThat(refused(write(1))).hasMessageContaining("lag_records_max 1")
                    .hasMessageContaining("ingest.lag_delay_millis_max (1 ms)");
        } finally {
            runtime.publishLock.unlock();
        }
    }

    @Test
    void aChangedPolicyHoldsAtOnceAlsoForAcksThatAreHeldBack() {
        policy(LagPolicy.SLOW, 1, HOUR_MILLIS);
        runtime.publishLock.lock();
        try {
            CompletableFuture<WriteAck> held = write(2);
            await().until(() -> runtime.brake.held() == 1);
            settings(CollectionSettings.NONE.withLag(LagPolicy.ACCEPT, null, null));
            held.join();
            write(2).join();
            settings(CollectionSettings.NONE.withLag(LagPolicy.REJECT, 3L, null));
            assertThat(refused(write(1))).hasMessageContaining("lag_records_max 3");
            settings(CollectionSettings.NONE.withLag(LagPolicy.REJECT, 100L, null));
            write(2).join();
            settings(CollectionSettings.NONE.withLag(LagPolicy.SLOW, 1L, null));
            CompletableFuture<WriteAck> again = write(2);
            await().until(() -> runtime.brake.held() == 1);
            // The collection's own policy wins over the store's, which lets go what is held all the same.
            policy(LagPolicy.ACCEPT, 1, HOUR_MILLIS);
            again.join();
            CompletableFuture<WriteAck> still = write(2);
            await().until(() -> runtime.brake.held() == 1);
            assertThat(still).isNotDone();
        } finally {
            runtime.publishLock.unlock();
        }
    }

    private void settings(CollectionSettings settings) {
        store.updateCollection(docs, CollectionChange.NONE.with(settings)).join();
    }

    @Test
    void aRetryWithItsKeyIsAnsweredAtOnceThoughTheFirstAckIsHeldBack() throws Exception {
        policy(LagPolicy.SLOW, 1, HOUR_MILLIS);
        runtime.publishLock.lock();
        try {
            CompletableFuture<WriteAck> first = store.write(docs,
                    TestStores.batch(Operation.ADD, "k", 0, 5, 8), WriteOptions.ofKey("key"));
            await().until(() -> runtime.brake.held() == 1);
            WriteAck replayed = store.write(docs, TestStores.batch(Operation.ADD, "k", 0, 5, 8),
                    WriteOptions.ofKey("key")).get(30, TimeUnit.SECONDS);
            assertThat(replayed.replayed()).isTrue();
            assertThat(first).isNotDone();
        } finally {
            runtime.publishLock.unlock();
        }
    }

    @Test
    void aDropAndACloseLetEveryHeldAckGo() throws Exception {
        policy(LagPolicy.SLOW, 1, HOUR_MILLIS);
        CompletableFuture<WriteAck> ofDropped;
        runtime.publishLock.lock();
        try {
            ofDropped = write(5);
            await().until(() -> runtime.brake.held() == 1);
            TestStores.drop(store, "docs");
        } finally {
            runtime.publishLock.unlock();
        }
        ofDropped.get(30, TimeUnit.SECONDS);
        UUID more = TestStores.create(store, "more");
        CollectionRuntime stuck = store.store.catalog.collection(more);
        stuck.publishLock.lock();
        CompletableFuture<WriteAck> ofClosed = write(more, 5);
        await().until(() -> stuck.brake.held() == 1);
        stuck.publishLock.unlock();
        store.close();
        ofClosed.get(30, TimeUnit.SECONDS);
    }

    @Test
    void aRefusalTellsWhenToComeAgain() {
        assertThat(RetryAfter.seconds(100, 10)).isBetween(10, 13);
        assertThat(RetryAfter.seconds(1, 1000)).isEqualTo(1);
        assertThat(RetryAfter.seconds(-5, 10)).isEqualTo(1);
        assertThat(RetryAfter.seconds(1e9, 10)).isEqualTo(60);
        assertThat(RetryAfter.seconds(1e9, 0)).isBetween(5, 7);
        assertThat(RetryAfter.seconds(Double.NaN, 10)).isBetween(1, 60);
    }
}
