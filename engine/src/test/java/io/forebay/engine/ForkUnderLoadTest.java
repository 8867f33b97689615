package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.model.Database;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import io.forebay.model.ReadOptions;
import io.forebay.model.StoredRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Forks of collections that are written, dropped and checkpointed at the same time. */
class ForkUnderLoadTest {
    private static final int WRITERS = 3;
    private static final int BATCH = 5;

    @TempDir
    Path directory;

    private final ExecutorService clients = Executors.newCachedThreadPool();
    private final Random random = new Random(TestStores.seed());
    private Forebay store;

    @BeforeEach
    void open() {
        store = Forebay.open(directory, TestStores.smallOs().withCheckpointIntervalMillis(50)
                .withCheckpointBytes(1 << 20));
    }

    @AfterEach
    void close() {
        clients.shutdownNow();
        store.close();
    }

    @Test
    void aForkHasEverythingAckedBeforeAndNoHalfBatch() throws Exception {
        UUID source = TestStores.create(store, "source");
        Forks.write(store, source, Operation.ADD, "base", 0, 5_000);
        AtomicBoolean done = new AtomicBoolean();
        List<AtomicInteger> acked = new ArrayList<>();
        List<Future<?>> writers = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            AtomicInteger batches = new AtomicInteger();
            String prefix = "w" + writer;
            acked.add(batches);
            writers.add(clients.submit(() -> {
                while (!done.get()) {
                    int from = batches.get() * BATCH;
                    Forks.write(store, source, Operation.ADD, prefix, from, from + BATCH);
                    batches.incrementAndGet();
                    // Or the log grows faster than it is applied.
                    store.flush(source, Position.APPLIED).join();
                }
            }));
        }
        try {
            for (int round = 0; round < 4; round++) {
                List<Integer> before = acked.stream().map(AtomicInteger::get).toList();
                UUID fork = Forks.fork(store, source, "fork" + round);
                check(fork, before);
                Forks.write(store, fork, Operation.ADD, "own", 0, 10);
                if (round % 2 == 0) {
                    Forks.deleteCollection(store, fork);
                }
            }
        } finally {
            done.set(true);
        }
        for (Future<?> writer : writers) {
            writer.get();
        }
        check(source, acked.stream().map(AtomicInteger::get).toList());
        assertThat(store.health().reasons()).isEmpty();
    }

    private void check(UUID id, List<Integer> batchesAtLeast) {
        List<String> ids = store.get(id, io.forebay.model.GetRequest.first(1_000_000), ReadOptions.DEFAULT)
                .join().stream().map(StoredRecord::id).toList();
        assertThat(ids.stream().filter(it -> it.startsWith("base-")).count()).isEqualTo(5_000);
        for (int writer = 0; writer < WRITERS; writer++) {
            String prefix = "w" + writer + "-";
            List<Integer> numbers = ids.stream().filter(it -> it.startsWith(prefix))
                    .map(it -> Integer.parseInt(it.substring(prefix.length()))).toList();
            assertThat(numbers.size() % BATCH).isZero();
            assertThat(numbers.size()).isGreaterThanOrEqualTo(BATCH * batchesAtLeast.get(writer));
            for (int i = 0; i < numbers.size(); i++) {
                assertThat(numbers.get(i)).isEqualTo(i);
            }
            if (!numbers.isEmpty()) {
                int last = numbers.getLast();
                float[] vector = store.get(id, io.forebay.model.GetRequest.ofIds(prefix + last),
                        ReadOptions.DEFAULT).join().getFirst().embedding();
                assertThat(vector).isEqualTo(TestStores.vector(last, Forks.DIMENSION));
            }
        }
    }

    @Test
    void aSourceThatIsDroppedMeanwhileEndsItsForkCleanly() throws IOException {
        int made = 0;
        for (int round = 0; round < 12; round++) {
            UUID source = TestStores.create(store, "source");
            Forks.write(store, source, Operation.ADD, "r", 0, 4_500);
            CompletableFuture<?> fork = store.forkCollection(source, "fork" + round);
            CompletableFuture.runAsync(() -> TestStores.drop(store, "source"),
                    CompletableFuture.delayedExecutor(random.nextInt(200),
                            java.util.concurrent.TimeUnit.MILLISECONDS, clients))
                    .join();
            try {
                fork.join();
                made++;
                UUID id = store.collection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, "fork" + round)
                        .id();
                assertThat(Forks.content(store, id)).hasSize(4_500);
                assertThat(Forks.nearest(store, id, 77, 1).getFirst()).startsWith("r-77 ");
                Forks.deleteCollection(store, id);
            } catch (CompletionException refused) {
                assertThat(refused).hasCauseInstanceOf(ForebayException.class)
                        .hasMessageContaining("does not exist.");
                assertThat(((ForebayException) refused.getCause()).code()).isEqualTo(ErrorCode.NOT_FOUND);
            }
        }
        System.err.println("forks made in spite of the drop: " + made + " of 12");
        await().until(() -> vectorDirectories() == 0 && store.removalsWaiting() == 0);
        for (int number = 1; number < 40; number++) {
            assertThat(store.store.records.state(number).ordinals()).isZero();
        }
        assertThat(store.health().reasons()).isEmpty();
    }

    private long vectorDirectories() throws IOException {
        try (Stream<Path> found = Files.list(directory.resolve("vectors"))) {
            return found.count();
        }
    }
}
