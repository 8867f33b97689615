package io.forebay.bench.console;

import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.BenchThreads;
import io.forebay.bench.load.ServerProcess;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.CpuMeter;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.Summary;
import io.forebay.bench.report.Table;
import io.forebay.client.CollectionClient;
import io.forebay.client.ForebayClient;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What it costs the server that people look on: runs without viewers and with them alternate, while a few collections move;
 * the difference is theirs. Each viewer has the stream of overviews and that of lag open, as a page of the console has.
 *
 * <p>Threads: one for each viewer, and one that writes.
 */
public final class ViewersBench {
    private static final int TEN = 10;

    private final ViewersSettings settings;
    private final Workspace workspace;
    private final BenchData data;
    private final BenchResult result;
    private final Consumer<String> say;

    public ViewersBench(ViewersSettings settings, Workspace workspace, BenchData data, BenchResult result,
            Consumer<String> say) {
        this.settings = settings;
        this.workspace = workspace;
        this.data = data;
        this.result = result;
        this.say = say;
    }

    public void measure() throws Exception {
        Path directory = workspace.newDirectory("viewers");
        Table table = new Table("viewers", "server % of a core", "events/s of a viewer", "kB/s of a viewer",
                "others % of all");
        List<Double> costs = new ArrayList<>();
        try (ServerProcess server = ServerProcess.start(directory,
                Map.of("server.changes_max", Integer.toString(2 * settings.viewers())));
                ForebayClient client = ForebayClient.connect(server.address().toString())) {
            List<CollectionClient> moving = fill(client);
            CountDownLatch stop = new CountDownLatch(1);
            Future<Object> writer = BenchThreads.beside(() -> write(moving, stop));
            run(server, settings.viewers()); // does not count: what is compiled and loaded on the way
            for (int round = 0; round < settings.rounds(); round++) {
                ViewersRun without = run(server, 0);
                ViewersRun with = run(server, settings.viewers());
                for (ViewersRun run : List.of(without, with)) {
                    result.run(run);
                    table.row(run.viewers(), run.corePercent(), run.events(), run.bytes() / 1e3,
                            100 * run.othersShare());
                }
                costs.add((with.corePercent() - without.corePercent()) * TEN / settings.viewers());
                say.accept(
                        String.format(Locale.ROOT, "round %d: 10 viewers cost %.2f %% of a core", round + 1,
                                costs.getLast()));
            }
            stop.countDown();
            writer.get(1, TimeUnit.MINUTES);
        } finally {
            Workspace.delete(directory);
        }
        say.accept(table.toString());
        result.figure(Figure.of("ten_viewers_core_percent",
                "(server's CPU with viewers - without) / viewers * 10, of one core", "%",
                Summary.of(costs.stream().mapToDouble(Double::doubleValue).toArray())).wantingAtMost(1));
    }

    private List<CollectionClient> fill(ForebayClient client) {
        List<CollectionClient> all = new ArrayList<>();
        for (int i = 0; i < settings.collections(); i++) {
            all.add(client.createCollection("docs-" + i, CollectionConfig.of(data.dataset().space())));
        }
        return all.subList(0, settings.moving());
    }

    private Object write(List<CollectionClient> moving, CountDownLatch stop) throws Exception {
        float[][] embeddings = data.embeddings(100);
        for (long second = 0; !stop.await(1, TimeUnit.SECONDS); second++) {
            for (CollectionClient collection : moving) {
                float[] embedding = embeddings[(int) (second % embeddings.length)];
                collection.write(RecordBatch.builder(Operation.UPSERT)
                        .record("id" + second % 1000, embedding, "second " + second).build());
            }
        }
        return "done";
    }

    private ViewersRun run(ServerProcess server, int viewers) throws Exception {
        long nanos = (long) (settings.seconds() * 1e9);
        if (viewers == 0) {
            CpuMeter meter = CpuMeter.start(server.handle());
            new CountDownLatch(1).await(nanos, TimeUnit.NANOSECONDS);
            return of(0, meter.stop(), List.of());
        }
        CountDownLatch open = new CountDownLatch(viewers);
        CpuMeter[] meter = new CpuMeter[1];
        int port = server.address().getPort();
        List<long[]> seen = BenchThreads.onEach(viewers, () -> {
            try (EventStream overview = new EventStream(port, "/api/forebay/overview/stream");
                    EventStream lag = new EventStream(port, "/api/forebay/lag/stream")) {
                overview.read(); // the first events are of everything, and not what looking on costs
                lag.read();
                open.countDown();
                open.await();
                synchronized (meter) {
                    meter[0] = meter[0] == null ? CpuMeter.start(server.handle()) : meter[0];
                }
                return look(overview, lag, System.nanoTime() + nanos);
            }
        });
        return of(viewers, meter[0].stop(), seen);
    }

    private static long[] look(EventStream overview, EventStream lag, long deadline) throws Exception {
        long events = overview.events + lag.events;
        long bytes = overview.bytes + lag.bytes;
        while (System.nanoTime() < deadline) {
            overview.read();
            lag.read();
        }
        return new long[]{overview.events + lag.events - events, overview.bytes + lag.bytes - bytes};
    }

    private static ViewersRun of(int viewers, CpuMeter.Usage usage, List<long[]> seen) {
        double events = seen.stream().mapToLong(one -> one[0]).average().orElse(0) / usage.wallSeconds();
        double bytes = seen.stream().mapToLong(one -> one[1]).average().orElse(0) / usage.wallSeconds();
        return new ViewersRun(viewers, 100 * usage.serverSeconds() / usage.wallSeconds(), events, bytes,
                usage.othersShare());
    }
}
