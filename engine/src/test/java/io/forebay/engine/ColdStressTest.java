package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.index.vector.IndexEngine;
import io.forebay.model.DeleteRequest;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Hit;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Collections are unloaded as fast as that goes, while they are written, read and dropped. */
class ColdStressTest {
    private static final int DIMENSION = 16;
    private static final int COLLECTIONS = 8;
    private static final int THREADS = 4;
    private static final int NUMBERS = 2_000;

    @TempDir
    Path directory;

    /** What one thread has of each collection: only it writes records of its prefix. */
    private static final class Oracle {
        final List<BitSet> live = new ArrayList<>();

        Oracle() {
            for (int i = 0; i < COLLECTIONS; i++) {
                live.add(new BitSet());
            }
        }
    }

    private Forebay open() {
        return Forebay.open(directory, TestStores.smallOs().withExtentBytes(32 << 20)
                .withCheckpointIntervalMillis(300).withLinkSharePercentMin(100)
                .withIndex(new IndexOptions(IndexEngine.NATIVE, 1)));
    }

    @Test
    void nothingFailsAndNothingIsLostWhileEverythingIsUnloadedAllTheTime() throws Exception {
        long seed = TestStores.seed();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(8);
        List<Oracle> oracles = new ArrayList<>();
        List<UUID> ids = new ArrayList<>();
        try (Forebay store = open(); ExecutorService clients = Executors.newCachedThreadPool()) {
            for (int i = 0; i < COLLECTIONS; i++) {
                ids.add(TestStores.create(store, "docs" + i));
            }
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                Oracle oracle = new Oracle();
                oracles.add(oracle);
                String prefix = "t" + thread;
                Random random = new Random(seed + thread);
                running.add(clients.submit(() -> {
                    while (System.nanoTime() < end) {
                        step(store, ids, oracle, prefix, random);
                    }
                    return null;
                }));
            }
            running.add(clients.submit(() -> unloadUntil(store, end)));
            for (Future<?> one : running) {
                one.get();
            }
            VectorMemory memory = store.stats().vectorMemory();
            assertThat(memory.loads()).isGreaterThan(50);
            assertThat(store.health().status()).isEqualTo(Health.Status.GREEN);
            check(store, ids, oracles);
        }
        try (Forebay store = open()) {
            check(store, ids, oracles);
        }
    }

    private static void step(Forebay store, List<UUID> ids, Oracle oracle, String prefix, Random random) {
        int which = random.nextInt(COLLECTIONS);
        UUID id = ids.get(which);
        BitSet live = oracle.live.get(which);
        int from = random.nextInt(NUMBERS - 20);
        int to = from + 1 + random.nextInt(20);
        switch (random.nextInt(16)) {
            case 0, 1 -> {
                store.write(id, TestStores.batch(Operation.UPSERT, prefix, from, to, DIMENSION),
                        WriteOptions.DEFAULT).join();
                live.set(from, to);
            }
            case 2 -> {
                store.delete(id, DeleteRequest.ofIds(prefix + "-" + from), WriteOptions.DEFAULT).join();
                live.clear(from);
            }
            default -> {
                int number = live.nextSetBit(from);
                if (number >= 0) {
                    // Acked, so this level must see it; others may have the same vector.
                    assertThat(nearest(store, id, number)).contains(prefix + "-" + number);
                }
            }
        }
    }

    private static List<String> nearest(Forebay store, UUID id, int number) {
        return store.query(id, QueryRequest.nearest(TestStores.vector(number, DIMENSION), THREADS),
                ReadOptions.of(ReadLevel.INDEX_AND_WAL)).join().getFirst().stream()
                .map((Hit hit) -> hit.record().id()).toList();
    }

    private static Void unloadUntil(Forebay store, long end) {
        while (System.nanoTime() < end) {
            store.store.budget.unloadBeyond(0);
            Thread.yield();
        }
        return null;
    }

    private static void check(Forebay store, List<UUID> ids, List<Oracle> oracles) {
        for (int i = 0; i < COLLECTIONS; i++) {
            int which = i;
            int expected = oracles.stream().mapToInt(oracle -> oracle.live.get(which).cardinality()).sum();
            assertThat(store.count(ids.get(i), ReadOptions.DEFAULT).join()).isEqualTo(expected);
            store.flush(ids.get(i), Position.LINKED).join();
            for (int thread = 0; thread < THREADS; thread++) {
                BitSet live = oracles.get(thread).live.get(i);
                for (int n = live.nextSetBit(0); n >= 0; n = live.nextSetBit(n + 1 + n % 97)) {
                    assertThat(nearest(store, ids.get(i), n)).contains("t" + thread + "-" + n);
                }
            }
        }
    }

    @Test
    void aCollectionIsDroppedWhileItIsLoadedAndLeavesNothing() throws Exception {
        try (Forebay store = open(); ExecutorService clients = Executors.newCachedThreadPool()) {
            for (int round = 0; round < 40; round++) {
                UUID id = TestStores.create(store, "docs");
                store.write(id, TestStores.batch(Operation.ADD, "r", 0, 200, DIMENSION), WriteOptions.DEFAULT)
                        .join();
                store.flush(id, Position.LINKED).join();
                store.store.budget.unloadBeyond(0);
                AtomicBoolean dropped = new AtomicBoolean();
                List<Callable<Void>> work = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    work.add(() -> useUntilGone(store, id, dropped));
                }
                RecordBatch more = TestStores.batch(Operation.ADD, "s", 0, 50, DIMENSION);
                store.write(id, more, WriteOptions.DEFAULT).join();
                List<Future<Void>> running = work.stream().map(clients::submit).toList();
                store.store.budget.unloadBeyond(0);
                TestStores.drop(store, "docs");
                dropped.set(true);
                for (Future<Void> one : running) {
                    one.get();
                }
            }
            org.awaitility.Awaitility.await()
                    .until(() -> directory.resolve("vectors").toFile().list().length == 0);
            assertThat(store.health().status()).isEqualTo(Health.Status.GREEN);
        }
        assertThat(directory.resolve("vectors")).isEmptyDirectory();
    }

    private static Void useUntilGone(Forebay store, UUID id, AtomicBoolean dropped) {
        while (true) {
            boolean before = dropped.get();
            try {
                nearest(store, id, 7);
                store.store.budget.unloadBeyond(0);
            } catch (RuntimeException failure) {
                Throwable cause = Errors.unwrap(failure);
                assertThat(cause).isInstanceOf(ForebayException.class);
                assertThat(((ForebayException) cause).code()).isEqualTo(ErrorCode.NOT_FOUND);
                return null;
            }
            assertThat(before).isFalse();
        }
    }
}
