package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionInfo;
import io.forebay.model.CollectionSettings;
import io.forebay.model.Database;
import io.forebay.model.DeleteRequest;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.StoredRecord;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Writers and readers on collections that come and go: each record carries the id of the collection that it was written to.
 * Names belong to one thread each, so that it is known which collection a drop means.
 */
final class LifecycleLoad {
    static final int WRITERS = 20;
    private static final int DIMENSION = 8;
    private static final int NUMBERS = 200;
    private static final int OWNERS = 3;
    private static final String MARK = "mark";

    private final Forebay store;
    private final Random seeds;
    private final Consumer<String> told;
    /** Made and, as far as their owners know, not dropped; and some that were, whose ids clients still use. */
    private final List<UUID> targets = new ArrayList<>();
    private final Semaphore written = new Semaphore(0);
    /** Of each writer and collection: the numbers whose records it has there, by its acks. */
    private final List<Map<UUID, BitSet>> acked = new ArrayList<>();
    final AtomicLong writes = new AtomicLong();
    final AtomicLong drops = new AtomicLong();
    final AtomicLong forks = new AtomicLong();
    final AtomicLong resets = new AtomicLong();
    private volatile boolean done;

    /** @param told of each collection: "made", "dropping" before and "dropped" after its drop */
    LifecycleLoad(Forebay store, long seed, Consumer<String> told) {
        this.store = store;
        this.seeds = new Random(seed);
        this.told = told;
    }

    /**
     * Returns when the time is over, something of each kind was done, and all threads have ended; throws what the first of
     * them failed with.
     */
    void run(long millis, boolean withResets) throws Exception {
        List<Callable<Void>> all = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            Map<UUID, BitSet> own = new HashMap<>();
            acked.add(own);
            all.add(writer(writer, own, new Random(seeds.nextLong())));
        }
        for (int i = 0; i < OWNERS; i++) {
            all.add(owner("own" + i, new Random(seeds.nextLong())));
        }
        all.add(databaseOwner(new Random(seeds.nextLong())));
        all.add(forker(new Random(seeds.nextLong())));
        all.add(reader(new Random(seeds.nextLong())));
        if (withResets) {
            all.add(resetter());
        }
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<Void>> running = all.stream().map(threads::submit).toList();
            try {
                while ((System.nanoTime() < end || drops.get() == 0 || forks.get() == 0
                        || withResets && resets.get() == 0) && running.stream().noneMatch(Future::isDone)) {
                    pace(50);
                }
            } finally {
                done = true;
            }
            for (Future<Void> one : running) {
                one.get();
            }
        }
    }

    /** Waits for so many writes, or a moment. */
    private void pace(int batches) throws InterruptedException {
        if (written.tryAcquire(batches, 200, TimeUnit.MILLISECONDS)) {
            written.drainPermits();
        }
    }

    private UUID target(Random random) {
        synchronized (targets) {
            return targets.isEmpty() ? new UUID(1, 1) : targets.get(random.nextInt(targets.size()));
        }
    }

    private Callable<Void> writer(int number, Map<UUID, BitSet> own, Random random) {
        return () -> {
            while (!done) {
                UUID id = target(random);
                BitSet mine = own.computeIfAbsent(id, made -> new BitSet());
                int from = random.nextInt(NUMBERS - 20);
                int to = from + 1 + random.nextInt(20);
                boolean deletes = random.nextInt(6) == 0;
                boolean ok = allowed(Set.of(ErrorCode.NOT_FOUND), () -> {
                    if (deletes) {
                        store.delete(id, DeleteRequest.ofIds("w" + number + "-" + from), WriteOptions.DEFAULT)
                                .join();
                    } else {
                        store.write(id, batch(id, number, from, to), WriteOptions.DEFAULT).join();
                    }
                });
                if (ok && deletes) {
                    mine.clear(from);
                } else if (ok) {
                    mine.set(from, to);
                    writes.incrementAndGet();
                    written.release();
                } else {
                    own.remove(id);
                }
            }
            return null;
        };
    }

    private static RecordBatch batch(UUID id, int writer, int from, int to) {
        RecordBatchBuilder builder = RecordBatch.builder(Operation.UPSERT);
        for (int i = from; i < to; i++) {
            builder.record("w" + writer + "-" + i, TestStores.vector(i, DIMENSION), "document " + i,
                    Map.of(MARK, MetadataValue.of(id.toString())), null);
        }
        return builder.build();
    }

    private Callable<Void> owner(String prefix, Random random) {
        return () -> {
            while (!done) {
                String name = prefix + "-" + random.nextInt(3);
                CollectionInfo now = find(Database.DEFAULT_DATABASE, name);
                if (now == null) {
                    create(Database.DEFAULT_DATABASE, name, random);
                } else if (random.nextInt(4) > 0) {
                    drop(now);
                    create(Database.DEFAULT_DATABASE, name, random);
                } else {
                    CollectionChange renamed = CollectionChange.NONE
                            .withName(prefix + "-" + (3 + random.nextInt(2)));
                    allowed(Set.of(ErrorCode.NOT_FOUND, ErrorCode.ALREADY_EXISTS),
                            () -> store.updateCollection(now.id(), renamed).join());
                }
                CollectionInfo moved = find(Database.DEFAULT_DATABASE,
                        prefix + "-" + (3 + random.nextInt(2)));
                if (moved != null && random.nextInt(3) == 0) {
                    drop(moved);
                }
                pace(15);
            }
            return null;
        };
    }

    private Callable<Void> databaseOwner(Random random) {
        return () -> {
            while (!done) {
                String database = "other";
                allowed(Set.of(ErrorCode.ALREADY_EXISTS),
                        () -> store.createDatabase(Database.DEFAULT_TENANT, database).join());
                List<UUID> made = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    UUID id = create(database, "member" + i, random);
                    if (id != null) {
                        made.add(id);
                    }
                }
                pace(60);
                made.forEach(id -> told.accept("dropping " + id));
                if (allowed(Set.of(ErrorCode.NOT_FOUND),
                        () -> store.deleteDatabase(Database.DEFAULT_TENANT, database).join())) {
                    made.forEach(this::dropped);
                }
            }
            return null;
        };
    }

    private Callable<Void> forker(Random random) {
        return () -> {
            for (int number = 0; !done; number++) {
                String name = "fork-" + number % 4;
                CollectionInfo before = find(Database.DEFAULT_DATABASE, name);
                if (before != null) {
                    drop(before);
                }
                UUID source = target(random);
                allowed(Set.of(ErrorCode.NOT_FOUND, ErrorCode.ALREADY_EXISTS), () -> {
                    // Not of a fork: what is in it would have three marks.
                    if (store.collection(source).origin() == null) {
                        forked(store.forkCollection(source, name).join());
                    }
                });
                pace(30);
            }
            return null;
        };
    }

    /** A fork of a member of the other database is a member of it too, and goes with it whenever its owner drops that. */
    private void forked(CollectionInfo fork) {
        if (fork.database().equals(Database.DEFAULT_DATABASE)) {
            told.accept("made " + fork.id());
        }
        target(fork.id());
        forks.incrementAndGet();
    }

    private Callable<Void> resetter() {
        return () -> {
            while (!done) {
                for (int i = 0; i < 10 && !done; i++) {
                    pace(200);
                }
                store.reset().join();
                resets.incrementAndGet();
            }
            return null;
        };
    }

    private Callable<Void> reader(Random random) {
        return () -> {
            while (!done) {
                UUID id = target(random);
                allowed(Set.of(ErrorCode.NOT_FOUND), () -> {
                    CollectionInfo info = store.collection(id);
                    checkMarks(info, all(id));
                    store.query(id, QueryRequest.nearest(TestStores.vector(3, DIMENSION), 5),
                            ReadOptions.of(ReadLevel.INDEX_ONLY)).join();
                    store.count(id, ReadOptions.DEFAULT).join();
                    store.status(id);
                });
            }
            return null;
        };
    }

    private CollectionInfo find(String database, String name) {
        CollectionInfo[] found = new CollectionInfo[1];
        allowed(Set.of(ErrorCode.NOT_FOUND),
                () -> found[0] = store.collection(Database.DEFAULT_TENANT, database, name));
        return found[0];
    }

    /** Null when it was not made, because its database was dropped meanwhile. */
    private UUID create(String database, String name, Random random) {
        CollectionConfig config = new CollectionConfig(CollectionConfig.DEFAULT.hnsw(), null, null,
                CollectionSettings.NONE.withBatchIngest(random.nextInt(5) > 0));
        UUID[] id = new UUID[1];
        allowed(Set.of(ErrorCode.ALREADY_EXISTS, ErrorCode.INVALID_ARGUMENT), () -> {
            try {
                id[0] = store.createCollection(Database.DEFAULT_TENANT, database, name, null, config, false)
                        .join().id();
            } catch (RuntimeException refused) {
                if (code(refused) == ErrorCode.INVALID_ARGUMENT) {
                    assertThat(refused).hasMessageContaining("Database [" + database + "] does not exist");
                }
                throw refused;
            }
        });
        if (id[0] != null) {
            made(id[0]);
        }
        return id[0];
    }

    private void made(UUID id) {
        told.accept("made " + id);
        target(id);
    }

    private void target(UUID id) {
        synchronized (targets) {
            targets.add(id);
        }
    }

    private void drop(CollectionInfo info) {
        told.accept("dropping " + info.id());
        if (allowed(Set.of(ErrorCode.NOT_FOUND),
                () -> store.deleteCollection(info.tenant(), info.database(), info.name()).join())) {
            dropped(info.id());
        }
    }

    private void dropped(UUID id) {
        told.accept("dropped " + id);
        drops.incrementAndGet();
        synchronized (targets) {
            // A dozen stay: clients do not know at once.
            targets.remove(id);
            targets.addFirst(id);
            targets.removeIf(old -> targets.indexOf(old) > 30);
        }
    }

    /** False when it failed with one of these codes; whatever else it fails with is thrown. */
    private static boolean allowed(Set<ErrorCode> codes, Runnable work) {
        try {
            work.run();
            return true;
        } catch (RuntimeException failure) {
            ErrorCode code = code(failure);
            if (code == null || !codes.contains(code)) {
                throw failure;
            }
            return false;
        }
    }

    private static ErrorCode code(RuntimeException failure) {
        return Errors.unwrap(failure) instanceof ForebayException told ? told.code() : null;
    }

    private List<StoredRecord> all(UUID id) {
        return all(store, id);
    }

    static List<StoredRecord> all(Forebay store, UUID id) {
        GetRequest all = new GetRequest(null, null, null, 0,
                EnumSet.of(Include.METADATAS, Include.EMBEDDINGS));
        return store.get(id, all, ReadOptions.DEFAULT).join();
    }

    /** Each record was written to this collection, or to the one of which it is a fork; and has its own vector. */
    static void checkMarks(CollectionInfo info, List<StoredRecord> records) {
        Set<String> ids = ConcurrentHashMap.newKeySet();
        for (StoredRecord record : records) {
            MetadataValue mark = record.metadata().get(MARK);
            Set<MetadataValue> known = info.origin() == null
                    ? Set.of(MetadataValue.of(info.id().toString()))
                    : Set.of(MetadataValue.of(info.id().toString()),
                            MetadataValue.of(info.root().toString()));
            assertThat(known).as("%s in %s", record.id(), info).contains(mark);
            assertThat(ids.add(record.id())).as("%s once in %s", record.id(), info).isTrue();
            int number = Integer.parseInt(record.id().substring(record.id().indexOf('-') + 1));
            assertThat(record.embedding()).as(record.id()).containsExactly(
                    TestStores.vector(number, DIMENSION));
        }
    }

    /** What is left has what was acked in it, and nothing else. */
    void checkAcked(Supplier<Forebay> now) {
        for (CollectionInfo info : collections(now.get())) {
            Map<String, MetadataValue> found = new HashMap<>();
            List<StoredRecord> records = all(now.get(), info.id());
            checkMarks(info, records);
            records.forEach(record -> found.put(record.id(), record.metadata().get(MARK)));
            for (int writer = 0; writer < WRITERS; writer++) {
                BitSet mine = acked.get(writer).getOrDefault(info.id(), new BitSet());
                for (int i = 0; i < NUMBERS; i++) {
                    String id = "w" + writer + "-" + i;
                    if (mine.get(i)) {
                        assertThat(found).as("acked in %s", info)
                                .containsEntry(id, MetadataValue.of(info.id().toString()));
                    } else if (info.origin() == null) {
                        assertThat(found).as("never written, or deleted, in %s", info).doesNotContainKey(id);
                    }
                }
            }
        }
    }

    static List<CollectionInfo> collections(Forebay store) {
        List<CollectionInfo> all = new ArrayList<>();
        for (Database database : store.databases(Database.DEFAULT_TENANT, null, 0)) {
            all.addAll(store.collections(Database.DEFAULT_TENANT, database.name(), null, 0));
        }
        return all;
    }
}
