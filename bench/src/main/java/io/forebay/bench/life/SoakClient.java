package io.forebay.bench.life;

import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.BenchData;
import io.forebay.client.CollectionClient;
import io.forebay.client.ForebayClient;
import io.forebay.model.DeleteRequest;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.Include;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.StoredRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One client of a soak: writes, deletes and reads its own ids, asks for neighbours among all, and compares.
 *
 * <p>Threads: for one, but for what it tells the {@link SoakLog}.
 */
final class SoakClient {
    private static final int HITS = 10;
    private static final String VERSION = "version";

    private final int number;
    private final SoakSettings settings;
    private final BenchData data;
    private final SoakServer server;
    private final SoakLog log;
    private final Random random;
    private final OwnRecords own = new OwnRecords();
    private int version;
    private @Nullable ForebayClient client;
    private @Nullable CollectionClient collection;
    private int epoch = -1;

    SoakClient(int number, SoakSettings settings, BenchData data, SoakServer server, SoakLog log) {
        this.number = number;
        this.settings = settings;
        this.data = data;
        this.server = server;
        this.log = log;
        this.random = new Random(settings.seed() + number);
    }

    /** Until the time is over; then everything of its own is read once more. */
    void run(long endNanos) throws InterruptedException {
        try {
            while (System.nanoTime() < endNanos) {
                step();
            }
            for (int first = 0; first < settings.ids(); first += settings.batch()) {
                read(first);
            }
        } finally {
            if (client != null) {
                client.close();
            }
        }
    }

    private void step() throws InterruptedException {
        CollectionClient to = connected();
        int choice = random.nextInt(100);
        int first = random.nextInt(settings.ids());
        if (choice < 45) {
            write(to, ids(first), ++version);
        } else if (choice < 50) {
            delete(to, ids(first));
        } else if (choice < 75) {
            read(first);
        } else {
            query(to);
        }
    }

    /** To the server that runs now; waits while there is none. */
    private CollectionClient connected() throws InterruptedException {
        SoakServer.Running running = server.await();
        if (running.epoch() != epoch || collection == null) {
            if (client != null) {
                client.close();
            }
            client = ForebayClient.builder(running.address()).backoffAttemptsMax(100).build();
            collection = client.collection(SoakBench.COLLECTION + number % settings.collections());
            epoch = running.epoch();
        }
        return collection;
    }

    private List<String> ids(int first) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < settings.batch(); i++) {
            ids.add("c" + number + "-" + (first + i) % settings.ids());
        }
        return ids.stream().distinct().toList();
    }

    private interface Request {
        void send();
    }

    /** False when there was no answer, which is no violation while the server is down. */
    private boolean tried(SoakLog.Kind kind, Request request) {
        long sent = System.nanoTime();
        try {
            request.send();
            log.answered(kind, System.nanoTime() - sent);
            return true;
        } catch (ForebayException failed) {
            if (server.isSince(epoch)) {
                log.failed(kind + ": " + failed.getMessage());
            } else {
                log.interrupted();
            }
            return false;
        }
    }

    private void write(CollectionClient to, List<String> ids, int written) {
        RecordBatchBuilder batch = RecordBatch.builder(Operation.UPSERT);
        for (String id : ids) {
            batch.record(id, BatchSource.embedding(data, random.nextInt(data.size())), null,
                    Map.of(VERSION, MetadataValue.of((long) written)), null);
        }
        boolean acked = tried(SoakLog.Kind.WRITE, () -> to.write(batch.build()));
        remember(ids, written, acked);
        log.acked(acked ? ids.size() : 0);
    }

    private void delete(CollectionClient to, List<String> ids) {
        boolean acked = tried(SoakLog.Kind.DELETE,
                () -> to.delete(DeleteRequest.ofIds(ids.toArray(String[]::new))));
        remember(ids, OwnRecords.NONE, acked);
    }

    private void remember(List<String> ids, int written, boolean acked) {
        if (acked) {
            own.acked(ids, written);
        } else {
            own.inDoubt(ids, written);
        }
    }

    private void read(int first) throws InterruptedException {
        CollectionClient from = connected();
        List<String> ids = ids(first);
        Map<String, Integer> answered = new HashMap<>();
        if (tried(SoakLog.Kind.GET, () -> {
            for (StoredRecord record : from.get(GetRequest.ofIds(ids.toArray(String[]::new)))) {
                answered.put(record.id(), version(record));
            }
        })) {
            own.compare(ids, answered).forEach(log::violated);
        }
    }

    private static int version(StoredRecord record) {
        Map<String, MetadataValue> metadata = record.metadata();
        return metadata != null && metadata.get(VERSION) instanceof MetadataValue.Int number
                ? (int) number.value()
                : -1;
    }

    private void query(CollectionClient to) {
        float[] asked = data.dataset().queryEmbeddings()
                .get(random.nextInt(data.dataset().queryEmbeddings().size()));
        QueryRequest request = new QueryRequest(List.of(asked), HITS, null, null, Set.of(Include.DISTANCES),
                0);
        List<List<Hit>> answers = new ArrayList<>();
        if (tried(SoakLog.Kind.QUERY, () -> answers.addAll(to.query(request)))) {
            checkOrder(answers.getFirst());
        }
    }

    private void checkOrder(List<Hit> hits) {
        Set<String> seen = new HashSet<>();
        double last = Double.NEGATIVE_INFINITY;
        for (Hit hit : hits) {
            if (!seen.add(hit.record().id())) {
                log.violated("a query was answered with " + hit.record().id() + " twice");
            }
            if (hit.distance() < last) {
                log.violated("a query was answered with distances " + last + ", " + hit.distance());
            }
            last = hit.distance();
        }
    }
}
