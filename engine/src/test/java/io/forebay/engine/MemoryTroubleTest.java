package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.wal.WalEntry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An OutOfMemoryError in each step of applying: everything acked is there once, in the end. */
class MemoryTroubleTest {
    @TempDir
    Path directory;

    private Forebay store;
    private UUID docs;

    @BeforeEach
    void open() {
        store = Forebay.open(directory, TestStores.small());
        docs = TestStores.create(store, "docs");
        write("r", 0, 10);
        store.flush(docs, Position.LINKED).join();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private long write(String prefix, int from, int to) {
        return store.write(docs, TestStores.batch(Operation.UPSERT, prefix, from, to, 8),
                WriteOptions.DEFAULT).join().minSeqId();
    }

    /** Records, vectors and searches agree, also after a restart. */
    private void expect(int count) {
        for (int restart = 0; restart < 2; restart++) {
            assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(count);
            for (int i = 0; i < 10; i++) {
                assertThat(store.query(docs, QueryRequest.nearest(TestStores.vector(i, 8), 1),
                        ReadOptions.DEFAULT).join().getFirst().getFirst().distance()).isLessThan(1e-5f);
            }
            calm();
            assertThat(store.health()).isEqualTo(new Health(Health.Status.GREEN, List.of()));
            store.close();
            store = Forebay.open(directory, TestStores.small());
        }
    }

    /** A turn that has applied everything says so before it is over, and only then is the trouble. */
    private void calm() {
        CollectionRuntime runtime = store.store.catalog.collection(docs);
        await().atMost(Duration.ofSeconds(90)).until(() -> runtime.applyTrouble.reason() == null);
    }

    private static OutOfMemoryError error() {
        return new OutOfMemoryError("for the test");
    }

    @Test
    void aGroupForWhichTheMemoryIsTooSmallIsAppliedEntryByEntry() {
        AtomicInteger together = new AtomicInteger();
        AtomicInteger errors = new AtomicInteger();
        store.store.applying.watch = new Applying.Watch() {
            @Override
            public void entry(WalEntry entry) {
                if (together.incrementAndGet() > 1) {
                    errors.incrementAndGet();
                    together.set(0);
                    throw error();
                }
            }

            @Override
            public void committed() {
                together.set(0);
            }
        };
        CollectionRuntime runtime = store.store.catalog.collection(docs);
        runtime.publishLock.lock(); // so that several wait and come together
        try {
            for (int i = 0; i < 8; i++) {
                write("s", 10 * i, 10 * i + 10);
            }
        } finally {
            runtime.publishLock.unlock();
        }
        store.flush(docs, Position.APPLIED).join();
        assertThat(errors).hasPositiveValue();
        store.store.applying.watch = new Applying.Watch() {
        };
        expect(90);
    }

    @Test
    void anErrorBetweenArenaAndCommitTakesTheVectorsBack() {
        AtomicInteger left = new AtomicInteger(3);
        store.store.applying.watch = new Applying.Watch() {
            @Override
            public void staged() {
                if (left.getAndDecrement() > 0) {
                    throw error();
                }
            }
        };
        write("s", 10, 30);
        write("r", 0, 5);
        expect(30);
    }

    @Test
    void whatIsCommittedAndCouldNotBePublishedIsPublishedByTheNextTurn() {
        AtomicInteger left = new AtomicInteger(2);
        store.store.applying.watch = new Applying.Watch() {
            @Override
            public void committed() {
                if (left.getAndDecrement() > 0) {
                    throw error();
                }
            }
        };
        write("s", 10, 30);
        // So that the next is a group of its own.
        await().atMost(Duration.ofSeconds(90)).until(() -> left.get() <= 1);
        write("r", 0, 5);
        expect(30);
        assertThat(left.get()).isLessThanOrEqualTo(0);
    }

    @Test
    void anEntryThatCannotBeCommittedIsSetAsideAndTheRestGoesOn() {
        AtomicLong bad = new AtomicLong(-1);
        AtomicBoolean inGroup = new AtomicBoolean();
        store.store.applying.watch = new Applying.Watch() {
            @Override
            public void entry(WalEntry entry) {
                bad.compareAndSet(-1, entry.minSeqId());
                inGroup.compareAndSet(false, entry.minSeqId() == bad.get());
            }

            @Override
            public void staged() {
                if (inGroup.getAndSet(false)) {
                    throw new IllegalArgumentException("for the test");
                }
            }
        };
        write("bad", 10, 20);
        write("s", 20, 30);
        store.flush(docs, Position.APPLIED).join();
        assertThat(store.deadLetters(docs, 0, 10).join()).singleElement().satisfies(letter -> {
            assertThat(letter.minSeqId()).isEqualTo(bad.get());
            assertThat(letter.reason()).contains("IllegalArgumentException");
        });
        calm();
        long letter = bad.getAndSet(-2);
        store.retryDeadLetter(docs, letter, WriteOptions.DEFAULT).join();
        expect(30);
    }

    @Test
    void anEntryThatAloneNeedsTooMuchIsSetAsideAndTheRestGoesOn() {
        AtomicLong huge = new AtomicLong(-1);
        AtomicInteger tries = new AtomicInteger();
        store.store.applying.watch = new Applying.Watch() {
            @Override
            public void entry(WalEntry entry) {
                huge.compareAndSet(-1, entry.minSeqId());
                if (entry.minSeqId() == huge.get()) {
                    tries.incrementAndGet();
                    throw error();
                }
            }
        };
        write("huge", 10, 20);
        write("s", 20, 30);
        store.flush(docs, Position.APPLIED).join();
        assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(20);
        assertThat(tries).hasValue(1 + ApplyPace.TRIES_MAX);
        assertThat(store.deadLetters(docs, 0, 10).join()).singleElement().satisfies(letter -> {
            assertThat(letter.minSeqId()).isEqualTo(huge.get());
            assertThat(letter.reason()).contains("OutOfMemoryError");
            assertThat(letter.ids()).contains("huge-10");
        });
        calm();
        long letter = huge.getAndSet(-2);
        store.retryDeadLetter(docs, letter, WriteOptions.DEFAULT).join();
        expect(30);
    }

    @Test
    void aPeriodicTaskGoesOnAfterAnError() {
        AtomicInteger runs = new AtomicInteger();
        Runnable task = Store.goingOn(() -> {
            runs.incrementAndGet();
            throw new OutOfMemoryError("made by the test");
        });
        task.run();
        task.run();
        assertThat(runs).hasValue(2);
    }
}
