package io.forebay.bench.life;

import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.BenchThreads;
import io.forebay.bench.load.ProcessState;
import io.forebay.bench.load.ServerProcess;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Distribution;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.Plot;
import io.forebay.bench.report.Summary;
import io.forebay.client.ForebayClient;
import io.forebay.model.CollectionConfig;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes, deletes, reads and queries of many clients for a stated time, with or without kills. Every client compares what it
 * reads of its own ids with what was acked; what no answer may be is a violation, and is printed.
 *
 * <p>Threads: one for each client; {@code beside} looks at memory and lag once a second; the caller's kills and starts.
 */
public final class SoakBench {
    static final String COLLECTION = "soak-";
    private static final long LOOK_MILLIS = 1_000;
    private static final int TOLD_EVERY = 10;

    private final SoakSettings settings;
    private final BenchData data;
    private final Workspace workspace;
    private final Consumer<String> say;
    private final SoakLog log = new SoakLog();
    private final CountDownLatch over = new CountDownLatch(1);

    /** One look at the server. */
    record Sample(double seconds, int life, long requests, long residentBytes, long privateBytes,
            long openFiles, long indexLagRecords) {}

    public SoakBench(SoakSettings settings, BenchData data, Workspace workspace, Consumer<String> say) {
        this.settings = settings;
        this.data = data;
        this.workspace = workspace;
        this.say = say;
    }

    public void measure(BenchResult result) throws Exception {
        result.parameter("settings", settings);
        long start = System.nanoTime();
        long end = start + (long) (settings.seconds() * 1e9);
        AtomicInteger number = new AtomicInteger();
        List<Sample> samples;
        int kills;
        try (SoakServer server = new SoakServer(workspace.newDirectory("soak"),
                Map.of("wal.durability", settings.durability().wireName()))) {
            server.start();
            create(server);
            Future<List<Sample>> watching = BenchThreads.beside(() -> watch(server, start));
            Future<Integer> killing = BenchThreads.beside(() -> killUntil(server, end));
            try {
                BenchThreads.onEach(settings.clients(), () -> {
                    new SoakClient(number.getAndIncrement(), settings, data, server, log).run(end);
                    return true;
                });
                kills = killing.get();
            } finally {
                over.countDown();
            }
            samples = watching.get();
        }
        addFigures(result, samples, kills);
    }

    private void create(SoakServer server) throws InterruptedException {
        try (ForebayClient client = ForebayClient.connect(server.await().address().toString())) {
            for (int i = 0; i < settings.collections(); i++) {
                client.createCollection(COLLECTION + i, CollectionConfig.of(data.dataset().space()));
            }
        }
    }

    /** None within the last second, so that clients can end their last reads with a server that runs. */
    private int killUntil(SoakServer server, long end) throws Exception {
        int kills = 0;
        if (settings.killSeconds() <= 0) {
            return kills;
        }
        long wait = (long) (settings.killSeconds() * 1e9);
        while (System.nanoTime() + wait < end - TimeUnit.SECONDS.toNanos(1)) {
            if (over.await(wait, TimeUnit.NANOSECONDS)) {
                return kills;
            }
            server.kill();
            kills++;
            server.start();
        }
        return kills;
    }

    private List<Sample> watch(SoakServer server, long start) throws Exception {
        List<Sample> samples = new ArrayList<>();
        while (!over.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            Sample sample = look(server, start);
            if (sample == null) {
                continue;
            }
            samples.add(sample);
            if (samples.size() % TOLD_EVERY == 0) {
                say.accept(String.format(Locale.ROOT,
                        "%4.0f s  life %d  %d requests  %d MB resident  index lag %d  violations %d",
                        sample.seconds(), sample.life(), sample.requests(), sample.residentBytes() >> 20,
                        sample.indexLagRecords(), log.violations()));
            }
        }
        return samples;
    }

    /** Null while there is no server. */
    private @Nullable Sample look(SoakServer server, long start) throws IOException, InterruptedException {
        SoakServer.Running running = server.await();
        ServerProcess process = server.process();
        if (process == null) {
            return null;
        }
        try (ForebayClient client = ForebayClient.builder(running.address()).backoffAttemptsMax(0).build()) {
            long lag = client.lag().stream().mapToLong(one -> one.indexLag().records()).sum();
            ProcessState state = ProcessState.of(process.handle());
            return new Sample((System.nanoTime() - start) / 1e9, running.epoch(), log.requests(),
                    state.residentBytes(), state.privateBytes(), state.openFiles(), lag);
        } catch (ForebayException | IOException killedMeanwhile) {
            return null;
        }
    }

    private void addFigures(BenchResult result, List<Sample> samples, int kills) {
        result.figure(Figure.of("violations", "answers that break a promise", "",
                Summary.of(log.violations())).wantingAtMost(0));
        result.figure(Figure.of("failures", "requests that failed while the server ran", "",
                Summary.of(log.failures())).wantingAtMost(0));
        result.figure(Figure.of("kills", "SIGKILL", "", Summary.of(kills)));
        result.figure(Figure.of("interrupted", "requests without an answer, by a kill", "",
                Summary.of(log.interruptions())));
        result.figure(Figure.of("acked_records", "written and acked / time", "records/s",
                Summary.of(log.ackedRecords() / settings.seconds())));
        Plot latencies = Plot.latencies("Time of a request, closed loop");
        for (Map.Entry<SoakLog.Kind, Distribution> kind : log.latencies().entrySet()) {
            Distribution times = kind.getValue();
            if (times.percentiles().count() > 0) {
                result.figure(Figure.of(kind.getKey() + "_per_second", "answered / time", "requests/s",
                        Summary.of(times.percentiles().count() / settings.seconds())));
                result.figure(Figure.of(kind.getKey() + "_p99", "closed loop", "ms",
                        Summary.of(times.percentiles().p99Millis())));
                latencies = latencies.line(kind.getKey().toString(), times);
            }
        }
        addMemory(result, samples);
        result.plot(latencies);
        samples.forEach(result::run);
        log.told().forEach(what -> result.note("violation or failure: " + what));
    }

    private static void addMemory(BenchResult result, List<Sample> samples) {
        if (samples.size() >= 4) {
            int quarter = samples.size() / 4;
            double second = samples.subList(quarter, 2 * quarter).stream().mapToLong(Sample::privateBytes)
                    .average().orElseThrow();
            double last = samples.subList(samples.size() - quarter, samples.size()).stream()
                    .mapToLong(Sample::privateBytes).average().orElseThrow();
            result.figure(Figure.of("memory_last_over_second_quarter",
                    "mean of heap, direct memory and stacks over the last quarter of the time / the second",
                    "x", Summary.of(last / second)));
            result.figure(Figure.of("resident_max", "the most of all looks", "MB", Summary.of(
                    samples.stream().mapToLong(Sample::residentBytes).max().orElseThrow() / 1e6)));
        }
        List<List<Double>> rate = new ArrayList<>();
        List<List<Double>> resident = new ArrayList<>();
        List<List<Double>> own = new ArrayList<>();
        Sample before = null;
        for (Sample now : samples) {
            if (before != null) {
                rate.add(List.of(now.seconds(),
                        (now.requests() - before.requests()) / (now.seconds() - before.seconds())));
            }
            resident.add(List.of(now.seconds(), now.residentBytes() / 1e6));
            own.add(List.of(now.seconds(), now.privateBytes() / 1e6));
            before = now;
        }
        result.plot(Plot.of(Plot.Kind.TIMELINE, "Requests and memory over time", "s", "requests/s")
                .withRight("MB").line("requests/s", rate).lineRight("resident", resident)
                .lineRight("heap and direct memory", own));
    }
}
