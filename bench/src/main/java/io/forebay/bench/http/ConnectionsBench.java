package io.forebay.bench.http;

import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.BenchThreads;
import io.forebay.bench.load.ProcessState;
import io.forebay.bench.load.ServerProcess;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.Latencies;
import io.forebay.bench.report.Summary;
import io.forebay.bench.report.Table;
import io.forebay.client.CollectionClient;
import io.forebay.client.ForebayClient;
import io.forebay.model.CollectionConfig;
import io.forebay.model.LagPolicy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * Many connections that write small batches into one collection without a pause, under each lag policy: what is acked, how
 * it is shared, and what memory the server takes. Who is refused waits as long as the answer asks for.
 *
 * <p>Threads: one for each connection.
 */
public final class ConnectionsBench {
    private static final String COLLECTION = "connections";

    private final ConnectionsSettings settings;
    private final Workspace workspace;
    private final BenchResult result;
    private final Consumer<String> say;
    /** Embeddings of the dataset as they are sent: base64 in quotes. */
    private final List<String> embeddings = new ArrayList<>();
    private final BenchData data;

    private record Share(long batches, long refused, Histogram ackNanos) {}

    public ConnectionsBench(ConnectionsSettings settings, Workspace workspace, BenchData data,
            BenchResult result, Consumer<String> say) {
        this.settings = settings;
        this.workspace = workspace;
        this.data = data;
        this.result = result;
        this.say = say;
        for (float[] embedding : data.embeddings(1000)) {
            ByteBuffer bytes = ByteBuffer.allocate(4 * embedding.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(embedding);
            embeddings.add('"' + Base64.getEncoder().encodeToString(bytes.array()) + '"');
        }
    }

    public void measure() throws Exception {
        Table table = new Table("policy", "connections", "acked records/s", "share min", "median", "max",
                "ack p50 ms", "p99 ms", "429", "index lag", "RSS before MB", "after MB");
        for (int connections : settings.connections()) {
            for (LagPolicy policy : settings.policies()) {
                ConnectionsRun run = run(policy, connections);
                say.accept(String.format(Locale.ROOT, "%s, %d connections: %.0f records/s", run.policy(),
                        connections, run.recordsPerSecond()));
                table.row(run.policy(), run.connections(), run.recordsPerSecond(), run.shareMin(),
                        run.shareMedian(), run.shareMax(), run.ack().p50Millis(), run.ack().p99Millis(),
                        run.refused(), run.indexLagRecords(), run.residentBytesBefore() >> 20,
                        run.residentBytesAfter() >> 20);
                result.run(run);
                figures(run);
            }
        }
        say.accept(table.toString());
    }

    private void figures(ConnectionsRun run) {
        String name = run.policy() + "_" + run.connections();
        result.figure(Figure.of("acked_" + name, "records acked / time", "records/s",
                Summary.of(run.recordsPerSecond())));
        result.figure(Figure.of("share_min_over_median_" + name, "least share / median share", "",
                Summary.of(run.shareMin() / run.shareMedian())));
        result.figure(Figure.of("share_max_over_median_" + name, "greatest share / median share", "",
                Summary.of(run.shareMax() / run.shareMedian())));
        result.figure(Figure.of("ack_p99_" + name, "of one batch, from sending it to its ack", "ms",
                Summary.of(run.ack().p99Millis())));
    }

    private ConnectionsRun run(LagPolicy policy, int connections) throws Exception {
        Path directory = workspace.newDirectory(policy.wireName() + "-" + connections);
        try (ServerProcess server = ServerProcess.start(directory, true, settings.durability());
                ForebayClient client = ForebayClient.connect(server.address().toString())) {
            CollectionConfig config = CollectionConfig.of(data.dataset().space());
            CollectionClient collection = client.createCollection(COLLECTION, config.with(
                    config.settings().withLag(policy, settings.lagRecordsMax(), null)));
            String path = "/api/v2/tenants/default_tenant/databases/default_database/collections/"
                    + collection.id() + "/add";
            load(server, path, "warm", connections, settings.seconds() / 5);
            long before = ProcessState.of(server.handle()).residentBytes();
            long start = System.nanoTime();
            List<Share> shares = load(server, path, "r", connections, settings.seconds());
            double seconds = (System.nanoTime() - start) / 1e9;
            long lag = client.lag().getFirst().indexLag().records();
            return summary(policy, shares, seconds, lag, before,
                    ProcessState.of(server.handle()).residentBytes());
        } finally {
            Workspace.delete(directory);
        }
    }

    private ConnectionsRun summary(LagPolicy policy, List<Share> shares, double seconds, long lag,
            long before, long after) {
        long[] batches = shares.stream().mapToLong(Share::batches).sorted().toArray();
        Histogram nanos = Latencies.histogram();
        shares.forEach(share -> nanos.add(share.ackNanos));
        return new ConnectionsRun(policy.wireName(), shares.size(),
                Arrays.stream(batches).sum() * (double) settings.batchRecords() / seconds, batches[0],
                batches[batches.length / 2], batches[batches.length - 1], Latencies.of(nanos),
                shares.stream().mapToLong(Share::refused).sum(), lag, before, after);
    }

    /** All at once, until the time is over; each ends with the answer that it waits for. */
    private List<Share> load(ServerProcess server, String path, String prefix, int connections,
            double seconds) throws Exception {
        AtomicInteger number = new AtomicInteger();
        CountDownLatch open = new CountDownLatch(connections);
        CountDownLatch over = new CountDownLatch(1);
        long nanos = (long) (seconds * 1e9);
        return BenchThreads.onEach(connections, () -> {
            String name = prefix + number.getAndIncrement() + "-";
            try (WireClient wire = new WireClient(server.address().getPort())) {
                open.countDown();
                open.await();
                return write(wire, path, name, System.nanoTime() + nanos, over);
            }
        });
    }

    /** @param over never: a wait for it is a wait that an end of the bench interrupts */
    private Share write(WireClient wire, String path, String name, long deadline, CountDownLatch over)
            throws IOException, InterruptedException {
        Histogram nanos = Latencies.histogram();
        long batches = 0;
        long refused = 0;
        while (System.nanoTime() < deadline) {
            byte[] request = request(path, name, batches);
            long sent = System.nanoTime();
            int status = wire.ask(request);
            if (status == 201) {
                Latencies.record(nanos, System.nanoTime() - sent);
                batches++;
            } else if (status == 429) {
                refused++;
                long left = Math.max(0, deadline - System.nanoTime());
                over.await(Math.min(left, TimeUnit.SECONDS.toNanos(wire.retryAfterSeconds())),
                        TimeUnit.NANOSECONDS);
            } else {
                throw new IOException("HTTP " + status + " " + wire.body());
            }
        }
        return new Share(batches, refused, nanos);
    }

    private byte[] request(String path, String name, long batch) {
        StringBuilder body = new StringBuilder("{\"ids\":[");
        for (int i = 0; i < settings.batchRecords(); i++) {
            body.append(i == 0 ? "\"" : ",\"").append(name).append(batch).append('-').append(i).append('"');
        }
        body.append("],\"embeddings\":[");
        int first = Math.floorMod(name.hashCode() + (int) batch * settings.batchRecords(), embeddings.size());
        for (int i = 0; i < settings.batchRecords(); i++) {
            body.append(i == 0 ? "" : ",").append(embeddings.get((first + i) % embeddings.size()));
        }
        return WireClient.request("POST", path,
                body.append("]}").toString().getBytes(StandardCharsets.ISO_8859_1));
    }
}
