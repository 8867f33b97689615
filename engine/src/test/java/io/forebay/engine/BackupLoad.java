package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionInfo;
import io.forebay.model.Database;
import io.forebay.model.DeleteRequest;
import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.StoredRecord;
import io.forebay.model.WriteAck;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Writers, and one that makes, forks and drops collections, with an account of what the store is as of each seqId. An
 * account of plain maps, made of nothing but what was sent and the seqIds of the answers.
 */
final class BackupLoad implements AutoCloseable {
    static final int DIMENSION = 8;
    private static final int WRITERS = 3;
    private static final int NUMBERS = 3_000;

    /** What is done to one record: its content follows from id and version. */
    private record Change(Operation operation, String id, int version) {}

    /** An entry of the log. {@code other}: of a fork its source; null but for forks. */
    private record Event(long minSeqId, long maxSeqId, UUID collection, String kind, List<Change> changes,
            UUID other) {}

    private record Content(float[] vector, String document, Map<String, MetadataValue> metadata) {}

    private final Forebay store;
    private final Random seeds;
    private final ConcurrentLinkedQueue<Event> events = new ConcurrentLinkedQueue<>();
    /** Writers share it; what changes the catalog has the log for itself, so its seqId is the last one. */
    private final ReentrantReadWriteLock log = new ReentrantReadWriteLock();
    private final List<UUID> targets = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> running = new ArrayList<>();
    private volatile boolean done;

    BackupLoad(Forebay store, long seed) {
        this.store = store;
        this.seeds = new Random(seed);
        for (int i = 0; i < 3; i++) {
            make("base-" + i);
        }
        for (int writer = 0; writer < WRITERS; writer++) {
            String prefix = "w" + writer;
            Random random = new Random(seeds.nextLong());
            running.add(threads.submit(() -> write(prefix, random)));
        }
        Random random = new Random(seeds.nextLong());
        running.add(threads.submit(() -> own(random)));
    }

    int entries() {
        return events.size();
    }

    /** Ends the load; throws what a thread failed with. */
    @Override
    public void close() throws Exception {
        done = true;
        for (Future<?> one : running) {
            one.get();
        }
        threads.shutdown();
    }

    boolean failed() {
        return running.stream().anyMatch(Future::isDone);
    }

    private void write(String prefix, Random random) {
        int version = 0;
        while (!done) {
            log.readLock().lock();
            try {
                UUID id;
                synchronized (targets) {
                    id = targets.get(random.nextInt(targets.size()));
                }
                writeOne(id, prefix, random, ++version);
            } finally {
                log.readLock().unlock();
            }
        }
    }

    private void writeOne(UUID id, String prefix, Random random, int version) {
        Operation operation = Operation.values()[random.nextInt(Operation.values().length)];
        int from = random.nextInt(NUMBERS);
        int count = 1 + random.nextInt(operation == Operation.DELETE ? 20 : 80);
        List<Change> changes = new ArrayList<>();
        RecordBatchBuilder batch = RecordBatch.builder(operation);
        for (int i = from; i < from + count; i++) {
            Change change = new Change(operation, prefix + "-" + i, version);
            changes.add(change);
            Content content = content(change);
            if (operation != Operation.DELETE) {
                batch.record(change.id, content.vector, content.document, content.metadata, null);
            }
        }
        WriteAck ack = operation == Operation.DELETE
                ? store.delete(id,
                        DeleteRequest.ofIds(changes.stream().map(Change::id).toArray(String[]::new)),
                        WriteOptions.DEFAULT).join()
                : store.write(id, batch.build(), WriteOptions.DEFAULT).join();
        if (ack.records() > 0) {
            events.add(new Event(ack.minSeqId(), ack.maxSeqId(), id, operation.name(), changes, null));
        }
    }

    private static Content content(Change change) {
        int number = change.id.hashCode() * 31 + change.version;
        Map<String, MetadataValue> metadata = Map.of("version", MetadataValue.of(change.version),
                "v" + change.version % 3, MetadataValue.of("text " + number));
        return new Content(TestStores.vector(number, DIMENSION), "document " + number, metadata);
    }

    private void own(Random random) {
        for (int step = 0; !done; step++) {
            log.writeLock().lock();
            try {
                UUID last;
                synchronized (targets) {
                    last = targets.getLast();
                }
                if (targets.size() < 4) {
                    make("own-" + step);
                } else if (random.nextInt(8) == 0) {
                    fork("fork-" + step);
                } else {
                    drop(last);
                }
            } finally {
                log.writeLock().unlock();
            }
            pause();
        }
    }

    private void pause() {
        int seen = events.size();
        while (!done && events.size() < seen + 30) {
            Thread.onSpinWait();
            Thread.yield();
        }
    }

    private void make(String name) {
        CollectionInfo info = store.createCollection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, name,
                null, CollectionConfig.DEFAULT, false).join();
        note(info.id(), "make", null);
    }

    private void fork(String name) {
        UUID source = targets.getFirst();
        note(store.forkCollection(source, name).join().id(), "fork", source);
    }

    private void note(UUID id, String kind, UUID other) {
        long seqId = store.lastSeqId();
        events.add(new Event(seqId, seqId, id, kind, List.of(), other));
        synchronized (targets) {
            targets.add(id);
        }
    }

    private void drop(UUID id) {
        synchronized (targets) {
            targets.remove(id);
        }
        CollectionInfo info = store.collection(id);
        store.deleteCollection(info.tenant(), info.database(), info.name()).join();
        long seqId = store.lastSeqId();
        events.add(new Event(seqId, seqId, id, "drop", List.of(), null));
    }

    /** A batch that has this seqId and higher ones. */
    boolean splits(long seqId) {
        return events.stream().anyMatch(event -> event.minSeqId <= seqId && event.maxSeqId > seqId);
    }

    /** The first fork above this seqId. */
    long firstFork(long seqId) {
        return events.stream().filter(event -> event.kind.equals("fork") && event.maxSeqId > seqId)
                .mapToLong(Event::maxSeqId).min().orElse(Long.MAX_VALUE);
    }

    /** A seqId at which a batch ends, or any. */
    long someSeqId(Random random, long from, long to) {
        List<Long> ends = events.stream().map(Event::maxSeqId).filter(end -> end >= from && end <= to)
                .toList();
        return ends.isEmpty() || random.nextInt(4) == 0
                ? from + random.nextLong(to - from + 1)
                : ends.get(random.nextInt(ends.size()));
    }

    private Map<UUID, Map<String, Content>> stateAt(long seqId) {
        Map<UUID, Map<String, Content>> state = new HashMap<>();
        List<Event> sorted = new ArrayList<>(events);
        sorted.sort(Comparator.comparingLong(Event::minSeqId));
        for (Event event : sorted) {
            if (event.maxSeqId > seqId) {
                continue;
            }
            switch (event.kind) {
                case "make" -> state.put(event.collection, new TreeMap<>());
                case "fork" -> state.put(event.collection, new TreeMap<>(state.get(event.other)));
                case "drop" -> state.remove(event.collection);
                default -> event.changes.forEach(change -> apply(state.get(event.collection), change));
            }
        }
        return state;
    }

    private static void apply(Map<String, Content> records, Change change) {
        Content old = records.get(change.id);
        Content fresh = content(change);
        switch (change.operation) {
            case ADD -> records.putIfAbsent(change.id, fresh);
            case UPSERT, UPDATE -> {
                if (old != null) {
                    Map<String, MetadataValue> merged = new TreeMap<>(old.metadata);
                    merged.putAll(fresh.metadata);
                    records.put(change.id, new Content(fresh.vector, fresh.document, merged));
                } else if (change.operation == Operation.UPSERT) {
                    records.put(change.id, fresh);
                }
            }
            case DELETE -> records.remove(change.id);
        }
    }

    /** The store is exactly what it was as of this seqId, and can be searched. */
    void check(Forebay restored, long seqId) {
        Map<UUID, Map<String, Content>> expected = stateAt(seqId);
        Map<UUID, CollectionInfo> found = new HashMap<>();
        LifecycleLoad.collections(restored).forEach(info -> found.put(info.id(), info));
        assertThat(found.keySet()).as("collections as of %s", seqId).isEqualTo(expected.keySet());
        expected.forEach((id, records) -> check(restored, found.get(id), records, seqId));
        assertThat(restored.health().reasons()).isEmpty();
    }

    private static void check(Forebay restored, CollectionInfo info, Map<String, Content> expected,
            long seqId) {
        String where = info.name() + " as of " + seqId;
        assertThat(restored.count(info.id(), ReadOptions.DEFAULT).join()).as(where)
                .isEqualTo(expected.size());
        GetRequest all = new GetRequest(null, null, null, 0,
                EnumSet.of(Include.METADATAS, Include.EMBEDDINGS, Include.DOCUMENTS));
        for (StoredRecord record : restored.get(info.id(), all, ReadOptions.DEFAULT).join()) {
            Content content = expected.get(record.id());
            assertThat(content).as("%s in %s", record.id(), where).isNotNull();
            assertThat(record.embedding()).as("%s in %s", record.id(), where).containsExactly(content.vector);
            assertThat(record.document()).as("%s in %s", record.id(), where).isEqualTo(content.document);
            assertThat(record.metadata()).as("%s in %s", record.id(), where).isEqualTo(content.metadata);
        }
        expected.entrySet().stream().limit(10).forEach(entry -> assertThat(
                restored.query(info.id(), QueryRequest.nearest(entry.getValue().vector, 1),
                        ReadOptions.DEFAULT)
                        .join().getFirst().getFirst().distance())
                .as("%s in %s", entry.getKey(), where).isZero());
    }
}
