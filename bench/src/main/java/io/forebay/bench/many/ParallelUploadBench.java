package io.forebay.bench.many;

import io.forebay.bench.load.Ack;
import io.forebay.bench.load.AckLog;
import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.BenchThreads;
import io.forebay.bench.load.Payload;
import io.forebay.bench.load.Quiet;
import io.forebay.bench.load.ServerCounters;
import io.forebay.bench.load.ServerProcess;
import io.forebay.bench.load.SlowSync;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.CpuMeter;
import io.forebay.bench.report.Table;
import io.forebay.client.ForebayClient;
import io.forebay.model.RecordBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Uploads of many collections: one after the other, several at once, and the same records into one collection. Each way
 * has a server of its own that lives through all rounds; its collections are dropped after each run, and the next run waits
 * until all servers are at rest.
 *
 * <p>Threads: one for each upload that is under way.
 */
public final class ParallelUploadBench {
    private final UploadSettings settings;
    private final Path root;
    private final Workspace workspace;
    private final BenchData data;
    private final BenchResult result;
    private final Consumer<String> progress;
    private final Map<UploadSide, ServerProcess> servers = new EnumMap<>(UploadSide.class);
    private final List<UploadRun> runs = new ArrayList<>();
    private int collectionsMade;

    public ParallelUploadBench(UploadSettings settings, Path root, Workspace workspace, BenchData data,
            BenchResult result, Consumer<String> progress) {
        this.settings = settings;
        this.root = root;
        this.workspace = workspace;
        this.data = data;
        this.result = result;
        this.progress = progress;
    }

    public void measure() throws Exception {
        try {
            for (UploadPart part : UploadPart.values()) {
                if (settings.parts().contains(part) && start(part)) {
                    measure(part);
                }
            }
        } finally {
            stop();
        }
        new UploadFigures(settings, runs).addTo(result);
    }

    /** Starts what is not there yet; false where this machine cannot measure the part. */
    private boolean start(UploadPart part) throws Exception {
        Map<String, String> environment = Map.of();
        if (part == UploadPart.SLOW_ACKS) {
            stop();
            environment = SlowSync.environment(root, workspace, settings.syncMillis(), this::missing);
        }
        if (environment == null) {
            return false;
        }
        for (UploadSide side : UploadSide.of(part)) {
            if (!servers.containsKey(side)) {
                servers.put(side, ServerProcess.start(workspace.newDirectory(part + "-" + side),
                        UploadTarget.serverSettings(side), environment));
            }
        }
        return true;
    }

    private void stop() {
        servers.values().forEach(ServerProcess::close);
        servers.clear();
    }

    private void measure(UploadPart part) throws Exception {
        for (int round = settings.firstRound(); round <= settings.rounds(); round++) {
            for (UploadCase uploads : settings.cases()) {
                List<List<RecordBatch>> batches = batches(part, uploads);
                for (UploadSide side : UploadSide.of(part)) {
                    add(run(round, part, uploads, side, batches));
                }
            }
        }
    }

    private void missing(String why) {
        progress.accept(why);
        result.note(why);
    }

    /** For each upload its own; made before any clock starts, the same for all sides. */
    private List<List<RecordBatch>> batches(UploadPart part, UploadCase uploads) {
        int batch = settings.batchOf(part, uploads);
        int each = settings.batchesOf(part, uploads);
        BatchSource source = new BatchSource(data,
                part == UploadPart.LINKED ? Payload.RECORDS : Payload.VECTORS, batch,
                (long) batch * each * uploads.collections());
        List<List<RecordBatch>> all = new ArrayList<>();
        for (RecordBatch next = source.next(); next != null; next = source.next()) {
            if (all.isEmpty() || all.getLast().size() == each) {
                all.add(new ArrayList<>());
            }
            all.getLast().add(next);
        }
        return all;
    }

    private UploadRun run(int round, UploadPart part, UploadCase uploads, UploadSide side,
            List<List<RecordBatch>> batches) throws Exception {
        ServerProcess server = servers.get(side);
        if (server == null) {
            throw new IllegalStateException("no server for " + side);
        }
        try (ForebayClient client = ForebayClient.connect(server.address().toString())) {
            List<UploadTarget> targets = targets(part, uploads, side, server, client);
            ConcurrentLinkedQueue<UploadTarget.Upload> waiting = new ConcurrentLinkedQueue<>();
            for (int i = 0; i < batches.size(); i++) {
                waiting.add(targets.get(i % targets.size()).prepare(batches.get(i)));
            }
            Quiet.await(List.copyOf(servers.values()));
            ServerCounters before = ServerCounters.of(server.address());
            CpuMeter meter = CpuMeter.start(server.handle());
            long start = System.nanoTime();
            List<Ack> acks = upload(waiting, side.parallel(uploads));
            double seconds = (System.nanoTime() - start) / 1e9;
            CpuMeter.Usage cpu = meter.stop();
            ServerCounters now = ServerCounters.of(server.address());
            for (UploadTarget target : targets) {
                target.drop();
            }
            AckLog log = new AckLog(start, acks);
            return new UploadRun(round, part.toString(), uploads.toString(), side.toString(), log.records(),
                    acks.size(), seconds, log.latencies(),
                    (long) now.since(before, "forebay_log_syncs_total"),
                    now.since(before, "forebay_log_sync_seconds_total"), cpu);
        }
    }

    private List<UploadTarget> targets(UploadPart part, UploadCase uploads, UploadSide side,
            ServerProcess server, ForebayClient client) throws IOException {
        List<UploadTarget> targets = new ArrayList<>();
        for (int i = 0; i < side.collections(uploads); i++) {
            targets.add(UploadTarget.create(part, server, client, "upload-" + collectionsMade++,
                    data.dataset().space()));
        }
        return targets;
    }

    /** So many clients, each of which takes the next upload when it is done with one. */
    private static List<Ack> upload(ConcurrentLinkedQueue<UploadTarget.Upload> waiting, int parallel)
            throws Exception {
        List<List<Ack>> each = BenchThreads.onEach(parallel, () -> {
            List<Ack> acks = new ArrayList<>();
            for (UploadTarget.Upload next = waiting.poll(); next != null; next = waiting.poll()) {
                acks.addAll(next.run());
            }
            return acks;
        });
        return each.stream().flatMap(List::stream).toList();
    }

    private void add(UploadRun run) {
        if (run.round() > 0) {
            runs.add(run);
            result.run(run);
        }
        progress.accept(String.format(Locale.ROOT,
                "%-8s %-9s %-5s %-14s  %s s  %s records/s  %s batches/s  ack p50 %s ms  %s cores busy, others %.0f %%",
                run.round() == 0 ? "warm-up" : "round " + run.round(), run.part(), run.uploads(), run.side(),
                Table.number(run.seconds()), Table.number(run.recordsPerSecond()),
                Table.number(run.batchesPerSecond()), Table.number(run.ack().p50Millis()),
                Table.number(run.coresBusy()), 100 * run.cpu().othersShare()));
    }
}
