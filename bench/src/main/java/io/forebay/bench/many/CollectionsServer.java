package io.forebay.bench.many;

import io.forebay.bench.http.WireClient;
import io.forebay.bench.http.WireCollection;
import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.BenchThreads;
import io.forebay.bench.load.Payload;
import io.forebay.bench.load.ProcessState;
import io.forebay.bench.load.Quiet;
import io.forebay.bench.load.ServerProcess;
import io.forebay.client.ForebayClient;
import io.forebay.model.RecordBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A server that keeps so many collections, through stops, kills and starts on the same store.
 *
 * <p>Threads: one, which starts others for a load and waits for them.
 */
final class CollectionsServer implements AutoCloseable {
    private static final int EF_SEARCH = 100;
    private static final long LOOK_NANOS = 50_000_000;
    private static final double LINKED_SECONDS_MAX = 300;

    private final Path directory;
    private final BenchData data;
    private ServerProcess server;
    private WireCollection[] collections = {};
    private long[] written = {};
    private long recordsWritten;

    /** From the start of the process until it answers; the first part of it until it says that it listens. */
    record Start(double listensSeconds, double answersSeconds) {}

    /** Every collection asked for its count once, by one connection. */
    record Touch(double seconds, double p50Millis, double maxMillis) {}

    CollectionsServer(Path directory, BenchData data) throws IOException {
        this.directory = directory;
        this.data = data;
        this.server = ServerProcess.start(directory, Map.of());
    }

    ServerProcess process() {
        return server;
    }

    /** Seconds that it took to make them. */
    double make(int count, int clients) throws Exception {
        collections = new WireCollection[count];
        written = new long[count];
        AtomicInteger next = new AtomicInteger();
        long start = System.nanoTime();
        BenchThreads.onEach(clients, () -> {
            try (WireClient wire = new WireClient(port())) {
                for (int n = next.getAndIncrement(); n < count; n = next.getAndIncrement()) {
                    collections[n] = WireCollection.create(wire, "collection-" + n, data.dataset().space(),
                            EF_SEARCH);
                }
            }
            return count;
        });
        return seconds(start);
    }

    /** One batch to each collection in turn, so many in all, each of new records. */
    WireLoad write(int writes, int records, int clients) throws Exception {
        BatchSource source = new BatchSource(data, Payload.RECORDS, records,
                recordsWritten + (long) records * writes).startingAt(recordsWritten);
        List<byte[]> requests = new ArrayList<>(writes);
        for (int i = 0; i < writes; i++) {
            RecordBatch batch = Objects.requireNonNull(source.next());
            int target = i % collections.length;
            requests.add(collections[target].add(batch));
            written[target] += batch.size();
        }
        recordsWritten += (long) records * writes;
        return WireLoad.send(port(), clients, writes, requests::get);
    }

    /** Waits until nothing is behind and nothing runs. */
    void settle() throws IOException {
        long start = System.nanoTime();
        try (ForebayClient client = ForebayClient.connect(server.address().toString())) {
            while (client.lag().stream().anyMatch(lag -> lag.indexLag().records() > 0)) {
                if (seconds(start) > LINKED_SECONDS_MAX) {
                    throw new IOException("not linked after " + LINKED_SECONDS_MAX + " s");
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
        Quiet.await(List.of(server));
    }

    ProcessState state() throws IOException {
        return ProcessState.of(server.handle());
    }

    /** Ends it as SIGTERM does; how long that took. */
    double stop() {
        long start = System.nanoTime();
        server.close();
        return seconds(start);
    }

    /** Ends it as kill -9 does. */
    void kill() throws InterruptedException {
        server.kill();
        server.close();
    }

    /** On the store that is there. */
    Start start() throws IOException {
        long start = System.nanoTime();
        server = ServerProcess.start(directory, Map.of());
        double listens = seconds(start);
        try (ForebayClient client = ForebayClient.connect(server.address().toString())) {
            client.heartbeat();
        }
        return new Start(listens, seconds(start));
    }

    /** Counts each collection, and compares: a start that lost something would be worth nothing. */
    Touch touch() throws IOException {
        long[] nanos = new long[collections.length];
        long start = System.nanoTime();
        try (WireClient wire = new WireClient(port())) {
            for (int i = 0; i < collections.length; i++) {
                long asked = System.nanoTime();
                wire.exchange(WireClient.request("GET", collections[i].path() + "/count", new byte[0]));
                nanos[i] = System.nanoTime() - asked;
                if (Long.parseLong(wire.body().strip()) != written[i]) {
                    throw new IOException(
                            collections[i].name() + " has " + wire.body() + " records, acked were "
                                    + written[i]);
                }
            }
        }
        double seconds = seconds(start);
        Arrays.sort(nanos);
        return new Touch(seconds, nanos[nanos.length / 2] / 1e6, nanos[nanos.length - 1] / 1e6);
    }

    private int port() {
        return server.address().getPort();
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    @Override
    public void close() {
        server.close();
    }
}
