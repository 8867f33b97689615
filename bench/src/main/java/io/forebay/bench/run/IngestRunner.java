package io.forebay.bench.run;

import io.forebay.bench.load.AckLog;
import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.HttpLoad;
import io.forebay.bench.load.ServerProcess;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.CpuMeter;
import io.forebay.bench.wal.LogRate;
import io.forebay.client.CollectionClient;
import io.forebay.client.CollectionLag;
import io.forebay.client.FlushPosition;
import io.forebay.client.ForebayClient;
import io.forebay.model.CollectionConfig;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** Takes one {@link IngestRun} after the other, each on a server and a directory of its own. */
final class IngestRunner {
    private static final long MADE_AHEAD_BYTES_MAX = 1L << 30;
    private static final String COLLECTION = "bench";
    private static final String WARMUP = "warmup";
    /** Of one request: without batch ingest an answer waits for the link of everything before it. */
    private static final Duration REQUEST_TIMEOUT = Duration.ofMinutes(30);

    private final BenchData data;
    private final Workspace workspace;
    private final IngestSettings settings;
    private final LogRate logRate;

    /** A run together with its acks, from which stretches of it can be told apart. */
    record Measured(IngestRun run, AckLog acks) {}

    IngestRunner(BenchData data, Workspace workspace, IngestSettings settings) {
        this.data = data;
        this.workspace = workspace;
        this.settings = settings;
        this.logRate = new LogRate(workspace, data);
    }

    Measured run(int round, boolean batchIngest, long records) throws Exception {
        Path directory = workspace.newDirectory(batchIngest ? "on" : "off");
        try (ServerProcess server = ServerProcess.start(directory, serverSettings(batchIngest));
                ForebayClient client = client(server.address())) {
            try {
                warmUp(client);
                return measure(server, client, round, batchIngest, records);
            } catch (ForebayException | BenchException e) {
                throw new IOException(e.getMessage() + "\nthe server's log ends with\n" + server.logTail(),
                        e);
            }
        } finally {
            Workspace.delete(directory);
        }
    }

    private Map<String, String> serverSettings(boolean batchIngest) {
        return Map.of("ingest.batch_ingest", Boolean.toString(batchIngest), "wal.durability",
                settings.durability().wireName(), "index.engine",
                settings.engine().name().toLowerCase(Locale.ROOT));
    }

    /** Of the log alone, on the same disk; in bytes per second. */
    double logRate() throws Exception {
        return logRate.bytesPerSecond(settings.durability(), settings.clients());
    }

    private ForebayClient client(URI address) {
        return ForebayClient.builder(address).encoding(settings.encoding()).requestTimeout(REQUEST_TIMEOUT)
                .build();
    }

    /** The same load in small, so that neither side is measured while its code is still being compiled. */
    private void warmUp(ForebayClient client) throws Exception {
        if (settings.warmupRecords() > 0) {
            CollectionClient collection = create(client, WARMUP);
            HttpLoad.run(collection, source(settings.warmupRecords()), settings.clients());
            collection.flush(FlushPosition.LINKED);
            client.deleteCollection(WARMUP);
        }
    }

    private Measured measure(ServerProcess server, ForebayClient client, int round, boolean batchIngest,
            long records) throws Exception {
        CollectionClient collection = create(client, COLLECTION);
        BatchSource batches = source(records).makeAhead(MADE_AHEAD_BYTES_MAX);
        IngestCost.Meter meter = IngestCost.start(server);
        CpuMeter loading = CpuMeter.start(server.handle());
        long start = System.nanoTime();
        AckLog acks = HttpLoad.run(collection, batches, settings.clients());
        CpuMeter.Usage loadCpu = loading.stop();
        IngestCost cost = meter.stop(acks);
        CollectionLag lag = lag(client, collection);
        CpuMeter draining = CpuMeter.start(server.handle());
        double applied = Double.NaN;
        double linked = Double.NaN;
        if (settings.drain()) {
            collection.flush(FlushPosition.APPLIED);
            applied = secondsSince(start);
            collection.flush(FlushPosition.LINKED);
            linked = secondsSince(start);
        }
        checkCount(collection, records);
        IngestRun run = new IngestRun(round, batchIngest, acks.records(), acks.recordsPerSecond(),
                acks.latencies(), acks.seconds(), applied, linked, lag.ingestLag().records(),
                lag.indexLag().records(), lag.indexLag().seconds(), loadCpu, draining.stop(), cost,
                server.residentBytesPeak());
        return new Measured(run, acks);
    }

    /** A rate of records that are not there would be worth nothing. */
    private static void checkCount(CollectionClient collection, long records) {
        int count = collection.count();
        if (count != records) {
            throw new BenchException(records + " records were acked, the server counts " + count);
        }
    }

    private CollectionClient create(ForebayClient client, String name) {
        return client.createCollection(name, CollectionConfig.of(data.dataset().space()));
    }

    private BatchSource source(long records) {
        return new BatchSource(data, settings.payload(), settings.batchRecords(), records);
    }

    private static CollectionLag lag(ForebayClient client, CollectionClient collection) {
        return client.lag().stream().filter(one -> one.id().equals(collection.id().toString())).findFirst()
                .orElseThrow(() -> new BenchException("the server's lag does not name the collection "
                        + collection.id()));
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }
}
