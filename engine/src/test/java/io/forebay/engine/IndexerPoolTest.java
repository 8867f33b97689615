package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.index.record.RecordStore.CollectionState;
import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionInfo;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whose turn is next, and what becomes of a thread that dies. The turns do nothing but what a test looks for. */
class IndexerPoolTest {
    private static final Duration LONG = Duration.ofSeconds(90);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger restarts = new AtomicInteger();
    private final IndexerPool pool = new IndexerPool(1, new LinkGovernor(0.2, () -> 0, System::nanoTime),
            timer,
            new EngineMetrics() {
                @Override
                public void indexerRestarted() {
                    restarts.incrementAndGet();
                }
            });
    private final CollectionRuntime huge = runtime(1);
    private final CollectionRuntime small = runtime(2);

    static CollectionRuntime runtime(int number) {
        return new CollectionRuntime(new CollectionInfo(new UUID(0, number), number, "t", "d", "n" + number,
                null, CollectionConfig.DEFAULT, 0), new CollectionState(0, 0, 0, 0, 0), 8);
    }

    private static void append(CollectionRuntime runtime, long seqId, int records) {
        runtime.appended(new Range(seqId, seqId + records - 1, seqId, true, records, records, seqId));
    }

    @AfterEach
    void stop() {
        pool.close();
        timer.shutdownNow();
    }

    @Test
    void aSmallCollectionWaitsForTwoTurnsOfAHugeOneAtMost() {
        append(huge, 1, 1_000_000);
        append(small, 2_000_000, 10);
        List<CollectionRuntime> turns = new CopyOnWriteArrayList<>();
        pool.start(runtime -> {
            turns.add(runtime);
            if (runtime == huge && turns.size() == 5) {
                pool.wakeApply(small);
            }
            return runtime == huge && turns.size() < 20;
        }, kept -> false, List::of);
        pool.wakeApply(huge);
        await().atMost(LONG).until(() -> turns.size() >= 20);
        assertThat(turns.indexOf(small)).isBetween(5, 7);
    }

    @Test
    void linkingGetsATurnHoweverMuchThereIsToApply() {
        append(huge, 1, 1_000_000);
        AtomicInteger kept = new AtomicInteger();
        pool.start(runtime -> runtime == huge, runtime -> {
            kept.incrementAndGet();
            return true;
        }, List::of);
        pool.wakeApply(huge);
        // Upkeep is done in turns of linking.
        small.upkeepDue(true);
        pool.wakeLink(small);
        await().atMost(LONG).until(() -> kept.get() >= 2);
    }

    @Test
    void whatFailedIsNotTriedBeforeItsDelayHoweverOftenItIsWoken() {
        AtomicInteger tries = new AtomicInteger();
        AtomicInteger others = new AtomicInteger();
        AtomicInteger removals = new AtomicInteger();
        pool.start(runtime -> {
            if (runtime == small) {
                others.incrementAndGet();
            } else if (runtime.isDropped()) {
                removals.incrementAndGet();
            } else {
                tries.incrementAndGet();
                throw new IllegalStateException("for the test");
            }
            return false;
        }, kept -> false, List::of);
        // It has failed for long, so the delay is ten seconds.
        for (int i = 0; i < 20; i++) {
            huge.applyTrouble.failed("for the test");
        }
        for (int i = 1; i <= 50; i++) {
            int turn = i;
            pool.wakeApply(huge);
            pool.wakeApply(small);
            await().atMost(LONG).pollInterval(Duration.ofMillis(1))
                    .until(() -> others.get() == turn && !huge.isInLane() && !small.isInLane());
        }
        assertThat(tries).hasValue(1);
        // What is dropped goes at once.
        huge.drop(0);
        pool.wakeApply(huge);
        await().atMost(LONG).until(() -> removals.get() == 1);
    }

    @Test
    void aThreadThatDiesIsReplacedAndItsCollectionGoesOn() {
        append(huge, 1, 10);
        AtomicInteger turns = new AtomicInteger();
        pool.start(runtime -> {
            if (turns.incrementAndGet() == 1) {
                throw new Unspeakable();
            }
            return false;
        }, kept -> false, () -> List.of(huge, small));
        pool.wakeApply(huge);
        await().atMost(LONG).until(() -> {
            pool.supervise();
            return restarts.get() == 1 && turns.get() >= 2;
        });
        assertThat(pool.trouble()).contains("indexer-0 died").contains("restarted since the start: 1");
        pool.wakeApply(small);
        await().atMost(LONG).until(() -> turns.get() >= 3 && !small.isInLane());
        pool.supervise();
        assertThat(restarts).hasValue(1);
    }

    @Test
    void whatADeadThreadHadInTheLaneIsTakenUpAgain() throws InterruptedException {
        assertThat(huge.wake()).isTrue();
        Thread died = new Thread(huge::enterLane);
        died.start();
        died.join();
        IndexerQueues queues = new IndexerQueues();
        queues.rescue(List.of(huge, small));
        assertThat(huge.isQueued()).isTrue();
        assertThat(small.isQueued()).isFalse();
        IndexerQueues.Turn turn = queues.take(new IndexerQueues.Pace());
        assertThat(turn).isEqualTo(new IndexerQueues.Turn(huge, true));
        // Queued, and in no queue.
        queues.rescue(List.of(huge, small));
        assertThat(queues.take(new IndexerQueues.Pace())).isEqualTo(turn);
    }

    /** Not even its report can be written, as when there is no memory at all. */
    private static final class Unspeakable extends Error {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new Unspeakable();
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}
