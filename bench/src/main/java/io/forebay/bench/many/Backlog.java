package io.forebay.bench.many;

import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.BenchThreads;
import io.forebay.bench.load.Payload;
import io.forebay.client.CollectionClient;
import io.forebay.client.ForebayClient;
import io.forebay.model.CollectionConfig;
import io.forebay.model.RecordBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Collections that are loaded faster than the server links, until so many records wait. */
final class Backlog {
    private static final String PREFIX = "backlog-";
    private static final long LOOK_NANOS = 20_000_000;
    /** Loaded at most, in backlogs: where linking keeps up there is none. */
    private static final int LOADS_MAX = 10;

    private final ForebayClient client;
    private final List<CollectionClient> collections = new ArrayList<>();

    Backlog(ForebayClient client, CollectionConfig config, int collections) {
        this.client = client;
        for (int i = 0; i < collections; i++) {
            this.collections.add(client.createCollection(PREFIX + i, config));
        }
    }

    /** Records acked and not yet linked. */
    long records() {
        return client.lag().stream().filter(lag -> lag.name().startsWith(PREFIX))
                .mapToLong(lag -> lag.indexLag().records()).sum();
    }

    /** Loads until as many wait, and stops then. */
    void build(BenchData data, long records, int clients, int batch) throws Exception {
        BatchSource source = new BatchSource(data, Payload.RECORDS, batch, LOADS_MAX * records);
        AtomicBoolean enough = new AtomicBoolean();
        AtomicInteger next = new AtomicInteger();
        Future<?> loading = BenchThreads.beside(() -> BenchThreads.onEach(clients, () -> {
            while (!enough.get()) {
                RecordBatch ready = source.next();
                if (ready == null) {
                    return false;
                }
                collections.get(next.getAndIncrement() % collections.size()).write(ready);
            }
            return true;
        }));
        while (records() < records && !loading.isDone()) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        enough.set(true);
        loading.get();
        if (records() < records / 2) {
            throw new IOException(
                    "no backlog of " + records + " records came about: the server links as fast as "
                            + clients + " clients load");
        }
    }
}
