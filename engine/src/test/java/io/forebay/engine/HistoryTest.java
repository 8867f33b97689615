package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.engine.history.EmbeddedTarget;
import io.forebay.engine.history.History;
import io.forebay.engine.history.HistoryChecker;
import io.forebay.engine.history.RandomClient;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Durability;
import io.forebay.model.Operation;
import io.forebay.model.WriteAck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many clients write and read the same collections at every level; what each of them was answered is compared with
 * the order of the log. {@code -Dforebay.history.seconds=n} says how long the long runs take.
 */
class HistoryTest {
    private static final int CLIENTS = 6;
    private static final int COLLECTIONS = 2;

    @TempDir
    Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final long seed = TestStores.seed();
    private Forebay store;

    @BeforeEach
    void open() {
        store = Forebay.open(directory, TestStores.small().withCheckpointIntervalMillis(300)
                .withCheckpointBytes(1 << 20));
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        store.close();
    }

    @Test
    void everyAnswerIsTheStateAtOnePositionThatTheReadHadToSee() throws Exception {
        run(3, false);
    }

    @Test
    void switchingBatchIngestAndDurabilityUnderLoadKeepsOrderAndAnswers() throws Exception {
        run(3, true);
    }

    @Test
    @Tag("long")
    @Timeout(3600)
    void everyAnswerOfALongRunIsTheStateAtOnePosition() throws Exception {
        run(Long.getLong("forebay.history.seconds", 120), false);
    }

    @Test
    @Tag("long")
    @Timeout(3600)
    void switchingInALongRunKeepsOrderAndAnswers() throws Exception {
        run(Long.getLong("forebay.history.seconds", 120), true);
    }

    /** In rounds of some seconds, after each of which everything is checked. */
    private void run(long seconds, boolean switching) throws Exception {
        List<UUID> ids = new ArrayList<>();
        List<HistoryChecker> checkers = new ArrayList<>();
        for (int i = 0; i < COLLECTIONS; i++) {
            ids.add(TestStores.create(store, "docs-" + i));
            checkers.add(new HistoryChecker());
        }
        AtomicLong stamps = new AtomicLong();
        long until = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        for (int round = 0; System.nanoTime() < until; round++) {
            long end = Math.min(until, System.nanoTime() + Duration.ofSeconds(5).toNanos());
            List<History> histories = List.of(new History(), new History());
            AtomicBoolean done = new AtomicBoolean();
            List<Future<?>> running = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                int number = client;
                long seedOfClient = seed + 1000L * round;
                running.add(threads.submit(
                        () -> client(number, ids, histories, stamps, seedOfClient, end)));
            }
            Future<Integer> switches = threads.submit(() -> switching ? switchUntil(done, ids) : 1);
            for (Future<?> one : running) {
                one.get();
            }
            done.set(true);
            assertThat(switches.get()).as("times that settings changed").isPositive();
            for (int i = 0; i < COLLECTIONS; i++) {
                assertThat(checkers.get(i).check(histories.get(i)))
                        .as("seed %s, round %s, collection %s", seed,
                                round, i)
                        .isEmpty();
            }
        }
        for (HistoryChecker checker : checkers) {
            assertThat(checker.checkedReads()).isGreaterThan(20);
            assertThat(checker.checkedWrites()).isGreaterThan(20);
        }
    }

    private Void client(int number, List<UUID> ids, List<History> histories, AtomicLong stamps,
            long clientSeed,
            long end) {
        Random random = new Random(clientSeed + 31L * number);
        // Some say what they want, some take the collection's.
        Durability durability = number % 3 == 0 ? null : number % 3 == 1 ? Durability.OS : Durability.SYNC;
        List<RandomClient> clients = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            clients.add(new RandomClient(number, new EmbeddedTarget(store, ids.get(i), durability),
                    histories.get(i), stamps, clientSeed + i));
        }
        while (System.nanoTime() < end) {
            clients.get(random.nextInt(clients.size())).step();
        }
        clients.forEach(RandomClient::readAll);
        return null;
    }

    private int switchUntil(AtomicBoolean done, List<UUID> ids) {
        Random random = new Random(seed);
        int switches = 0;
        while (!done.get()) {
            UUID id = ids.get(random.nextInt(ids.size()));
            Boolean batchIngest = random.nextBoolean() ? random.nextBoolean() : null;
            Durability durability = random.nextBoolean() ? Durability.OS : Durability.SYNC;
            store.updateCollection(id, Changes.of(batchIngest, durability)).join();
            CollectionConfig now = store.collection(id).config();
            assertThat(now.durability()).isEqualTo(durability);
            assertThat(batchIngest == null || batchIngest.equals(now.batchIngest())).isTrue();
            if (Boolean.FALSE.equals(now.batchIngest())) {
                // It changes nothing, and is acknowledged as every write is.
                WriteAck ack = store.write(id, TestStores.batch(Operation.UPDATE, "nobody", 0, 1, 8),
                        WriteOptions.DEFAULT).join();
                assertThat(store.status(id).linkedSeqId()).isGreaterThanOrEqualTo(ack.maxSeqId());
            }
            switches++;
        }
        return switches;
    }
}
