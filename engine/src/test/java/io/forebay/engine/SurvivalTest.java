package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.index.record.RecordStore.CollectionState;
import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionInfo;
import io.forebay.model.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The background threads outlive what goes wrong in them. */
class SurvivalTest {
    @TempDir
    Path directory;

    @Test
    void checkpointsGoOnAfterAnError() {
        AtomicInteger checkpoints = new AtomicInteger();
        EngineMetrics failing = new EngineMetrics() {
            @Override
            public void checkpointed(long nanos, int extentsPurged) {
                if (checkpoints.incrementAndGet() == 1) {
                    throw new OutOfMemoryError("for the test");
                }
            }
        };
        try (Forebay store = Forebay.open(directory, TestStores.small().withCheckpointIntervalMillis(20),
                failing)) {
            UUID docs = TestStores.create(store, "docs");
            AtomicInteger written = new AtomicInteger();
            await().atMost(Duration.ofSeconds(90)).until(() -> {
                int number = written.getAndIncrement();
                store.write(docs, TestStores.batch(Operation.ADD, "r", number, number + 1, 4),
                        WriteOptions.DEFAULT).join();
                return checkpoints.get() >= 3;
            });
        }
    }

    @Test
    void anIndexerOutlivesARetryThatCannotBeScheduled() throws Exception {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        timer.shutdownNow();
        CountDownLatch turns = new CountDownLatch(3);
        try (IndexerPool pool = new IndexerPool(1, new LinkGovernor(0.2, () -> 0, System::nanoTime), timer,
                EngineMetrics.NONE)) {
            CollectionRuntime runtime = new CollectionRuntime(
                    new CollectionInfo(UUID.randomUUID(), 1, "t", "d",
                            "n", null, CollectionConfig.DEFAULT, 0),
                    new CollectionState(0, 0, 0, 0, 0), 8);
            pool.start(tried -> {
                turns.countDown();
                throw new IllegalStateException("for the test");
            }, kept -> false, List::of);
            // Nobody comes for the upkeep of what is dropped, or while somebody is in the lane and will wake them.
            runtime.upkeepDue(true);
            runtime.drop(0);
            pool.wakeLink(runtime);
            assertThat(runtime.linkTokens).hasValue(0);
            await().atMost(Duration.ofSeconds(90)).until(() -> {
                pool.wakeApply(runtime);
                return turns.await(10, TimeUnit.MILLISECONDS);
            });
        }
        assertThat(turns.getCount()).isZero();
    }
}
