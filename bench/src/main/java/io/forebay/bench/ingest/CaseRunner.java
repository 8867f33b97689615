package io.forebay.bench.ingest;

import io.forebay.bench.ingest.IngestCase.Mode;
import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.BenchThreads;
import io.forebay.bench.load.LagTimeline;
import io.forebay.bench.load.OpenLoop;
import io.forebay.bench.load.Schedule;
import io.forebay.bench.load.ServerCounters;
import io.forebay.bench.load.ServerProcess;
import io.forebay.bench.load.Transport;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.CpuMeter;
import io.forebay.bench.report.Distribution;
import io.forebay.bench.report.Latencies;
import io.forebay.client.CollectionClient;
import io.forebay.client.FlushPosition;
import io.forebay.client.ForebayClient;
import io.forebay.model.CollectionConfig;
import io.forebay.model.ForebayException;
import io.forebay.model.RecordBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Takes one {@link CaseRun} after the other, each on a server and a directory of its own. */
final class CaseRunner {
    private static final long MADE_AHEAD_BYTES_MAX = 1L << 30;
    private static final long SEED = 17;

    private final BenchData data;
    private final Workspace workspace;
    private final MatrixSettings settings;

    /** What the clients saw of a load. */
    private record Load(long records, double seconds, Distribution ack, long unsent) {}

    CaseRunner(BenchData data, Workspace workspace, MatrixSettings settings) {
        this.data = data;
        this.workspace = workspace;
        this.settings = settings;
    }

    CaseRun run(int round, IngestCase one) throws Exception {
        Path directory = workspace.newDirectory(one.transport().toString());
        try (ServerProcess server = ServerProcess.start(directory, serverSettings(one));
                ForebayClient client = one.transport().connect(server);
                ForebayClient control = Transport.BASE64.connect(server)) {
            try {
                warmUp(one, client, control);
                return measure(round, one, server, client, control);
            } catch (ForebayException e) {
                throw new IOException(e.getMessage() + "\nthe server's log ends with\n" + server.logTail(),
                        e);
            }
        } finally {
            Workspace.delete(directory);
        }
    }

    private Map<String, String> serverSettings(IngestCase one) {
        Map<String, String> all = new HashMap<>(one.transport().serverSettings());
        all.put("ingest.batch_ingest", Boolean.toString(one.mode() == Mode.ON));
        all.put("wal.durability", one.durability().wireName());
        all.put("index.engine", settings.engine().name().toLowerCase(Locale.ROOT));
        return all;
    }

    /** The same load in small, so that neither side is measured while its code is still being compiled. */
    private void warmUp(IngestCase one, ForebayClient client, ForebayClient control) throws Exception {
        if (settings.warmupRecords() == 0) {
            return;
        }
        List<CollectionClient> collections = create(one, client, control, "warmup-");
        closed(one, collections, source(one, settings.warmupRecords()), null);
        for (CollectionClient collection : collections) {
            control.collection(collection.name()).flush(FlushPosition.LINKED);
            control.deleteCollection(collection.name());
        }
    }

    /** Through the HTTP client, which is not measured; bound to the connection that is. */
    private List<CollectionClient> create(IngestCase one, ForebayClient client, ForebayClient control,
            String prefix) {
        List<CollectionClient> all = new ArrayList<>();
        for (int i = 0; i < one.collections(); i++) {
            control.createCollection(prefix + i, CollectionConfig.of(data.dataset().space()));
            all.add(client.collection(prefix + i));
        }
        return all;
    }

    private CaseRun measure(int round, IngestCase one, ServerProcess server, ForebayClient client,
            ForebayClient control) throws Exception {
        List<CollectionClient> collections = create(one, client, control, "bench-");
        Schedule schedule = schedule(one);
        long records = schedule == null ? closedRecords(one) : (long) schedule.count() * one.batchRecords();
        BatchSource batches = source(one, records).makeAhead(MADE_AHEAD_BYTES_MAX);
        ServerCounters before = ServerCounters.of(server.address());
        LagTimeline timeline = LagTimeline.start(server);
        CpuMeter meter = CpuMeter.start(server.handle());
        long start = System.nanoTime();
        Load load = schedule == null
                ? closed(one, collections, batches, timeline)
                : open(one, collections, batches, timeline, schedule);
        CpuMeter.Usage cpu = meter.stop();
        ServerCounters after = ServerCounters.of(server.address());
        long counted = 0;
        for (CollectionClient collection : collections) {
            CollectionClient asked = control.collection(collection.name());
            asked.flush(FlushPosition.LINKED);
            counted += asked.count();
        }
        double linked = (System.nanoTime() - start) / 1e9;
        if (counted != load.records()) {
            throw new IOException(load.records() + " records were acked, the server counts " + counted);
        }
        return new CaseRun(round, one, load.records(), load.records() / load.seconds(),
                schedule == null ? null : (Double) (schedule.perSecond() * one.batchRecords()), load.unsent(),
                load.ack(), after.since(before, "forebay_acked_bytes_total"), load.seconds(), linked,
                (long) after.since(before, "forebay_log_syncs_total"), cpu, server.residentBytesPeak(),
                timeline.stop());
    }

    private @Nullable Schedule schedule(IngestCase one) {
        Double rate = settings.rate();
        return rate == null
                ? null
                : Schedule.of(settings.arrivals(), rate / one.batchRecords(), settings.seconds(), SEED);
    }

    private long closedRecords(IngestCase one) {
        return one.mode() == Mode.ON ? settings.records() : settings.recordsOff();
    }

    private BatchSource source(IngestCase one, long records) {
        return new BatchSource(data, settings.payload(), one.batchRecords(), records, one.dimension());
    }

    private static Load closed(IngestCase one, List<CollectionClient> collections, BatchSource batches,
            @Nullable LagTimeline timeline) throws Exception {
        AtomicInteger turn = new AtomicInteger();
        long start = System.nanoTime();
        List<Histogram> each = BenchThreads.onEach(one.clients(), () -> {
            Histogram nanos = Latencies.histogram();
            for (RecordBatch batch = batches.next(); batch != null; batch = batches.next()) {
                CollectionClient collection = collections
                        .get(Math.floorMod(turn.getAndIncrement(), collections.size()));
                long sent = System.nanoTime();
                collection.write(batch);
                Latencies.record(nanos, System.nanoTime() - sent);
                if (timeline != null) {
                    timeline.acked(batch.size());
                }
            }
            return nanos;
        });
        double seconds = (System.nanoTime() - start) / 1e9;
        Histogram all = Latencies.histogram();
        each.forEach(all::add);
        return new Load(batches.records(), seconds, Distribution.of(all), 0);
    }

    private Load open(IngestCase one, List<CollectionClient> collections, BatchSource batches,
            LagTimeline timeline, Schedule schedule) throws Exception {
        OpenLoop.Result result = new OpenLoop().run(schedule, one.clients(), settings.seconds(), number -> {
            RecordBatch batch = batches.next();
            if (batch == null) {
                throw new IllegalStateException("the schedule has more requests than there are batches");
            }
            collections.get((int) (number % collections.size())).write(batch);
            timeline.acked(batch.size());
        });
        return new Load(result.answered() * one.batchRecords(), result.seconds(), result.latency(),
                result.unsent());
    }
}
