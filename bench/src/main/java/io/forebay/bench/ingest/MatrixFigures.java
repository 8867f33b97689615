package io.forebay.bench.ingest;

import io.forebay.bench.ingest.IngestCase.Mode;
import io.forebay.bench.load.LagTimeline.Sample;
import io.forebay.bench.load.Transport;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.Plot;
import io.forebay.bench.report.Summary;
import io.forebay.model.Durability;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Figures and plots of all runs; what the issue wants is at the cases that it names. */
final class MatrixFigures {
    private static final double OVER_LOG_OS = 0.6;
    private static final double OVER_LOG_SYNC = 0.8;
    private static final double BINARY_OVER_JSON = 4;
    private static final double BINARY_OVER_BASE64 = 2;
    private static final double CLIENT_OVER_SERVER_CPU = 1;
    /** Of one curve in a result: enough for any screen. */
    private static final int POINTS_MAX = 300;

    private final IngestAxes axes;
    private final Map<IngestCase, List<CaseRun>> runs = new LinkedHashMap<>();
    private final Map<IngestCase, List<Double>> overLog = new LinkedHashMap<>();

    MatrixFigures(IngestAxes axes) {
        this.axes = axes;
    }

    /** @param logRate bytes/s of the log alone in the same round */
    void add(CaseRun run, double logRate) {
        runs.computeIfAbsent(run.settings(), key -> new ArrayList<>()).add(run);
        overLog.computeIfAbsent(run.settings(), key -> new ArrayList<>())
                .add(run.bytesPerSecond() / logRate);
    }

    void addTo(BenchResult result) {
        runs.keySet().forEach(one -> addCase(result, one));
        for (IngestCase one : runs.keySet()) {
            addRatios(result, one);
        }
        addPlots(result);
        result.note("over_log: bytes/s of acked batches over those of the log by itself, same disk and"
                + " durability, batches of 1,000 x 384, in the same round");
    }

    private List<CaseRun> runs(IngestCase one) {
        return Objects.requireNonNull(runs.get(one));
    }

    private void addCase(BenchResult result, IngestCase one) {
        String name = axes.name(one);
        figure(result, one, "acked_" + name, "records / time to the last ack", "records/s",
                CaseRun::ackedPerSecond);
        figure(result, one, "acked_mb_" + name, "the same in the log's bytes", "MB/s",
                run -> run.bytesPerSecond() / 1e6);
        Figure log = Figure.of("over_log_" + name, "of the log alone, of each round", "share",
                Summary.of(Objects.requireNonNull(overLog.get(one)).stream().mapToDouble(ratio -> ratio)
                        .toArray()));
        result.figure(isOfTheIssue(one)
                ? log.wanting(one.durability() == Durability.OS ? OVER_LOG_OS : OVER_LOG_SYNC)
                : log);
        figure(result, one, "ack_p50_" + name, "median ack of a batch", "ms",
                run -> run.ack().percentiles().p50Millis());
        figure(result, one, "ack_p99_" + name, "99th percentile", "ms",
                run -> run.ack().percentiles().p99Millis());
        figure(result, one, "linked_" + name, "records / time until all is linked", "records/s",
                CaseRun::linkedPerSecond);
        figure(result, one, "client_cpu_" + name, "CPU of this process during the load", "us/record",
                CaseRun::clientMicrosPerRecord);
        figure(result, one, "server_cpu_" + name, "CPU of the server during the load, linking included",
                "us/record", CaseRun::serverMicrosPerRecord);
        Figure cpu = Figure.of("client_over_server_cpu_" + name, "client_cpu / server_cpu", "x", Summary.of(
                runs(one), run -> run.clientMicrosPerRecord() / run.serverMicrosPerRecord()));
        result.figure(one.transport() == Transport.BINARY ? cpu.wantingAtMost(CLIENT_OVER_SERVER_CPU) : cpu);
        figure(result, one, "others_" + name, "cores used by other processes", "share",
                run -> run.loadCpu().othersShare());
    }

    /** 20 connections, 384 dimensions, over the binary protocol. */
    private static boolean isOfTheIssue(IngestCase one) {
        return one.transport() == Transport.BINARY && one.clients() == 20 && one.dimension() == 384
                && one.mode() == Mode.ON && one.collections() == 1;
    }

    private void figure(BenchResult result, IngestCase one, String name, String formed, String unit,
            ToDoubleFunction<CaseRun> value) {
        result.figure(Figure.of(name, formed, unit, Summary.of(runs(one), value)));
    }

    private void addRatios(BenchResult result, IngestCase one) {
        if (one.transport() == Transport.BINARY) {
            Double json = isOfTheIssue(one) ? (Double) BINARY_OVER_JSON : null;
            Double base64 = isOfTheIssue(one) ? (Double) BINARY_OVER_BASE64 : null;
            ratio(result, one, one.with(Transport.JSON), "binary_over_json", json);
            ratio(result, one, one.with(Transport.BASE64), "binary_over_base64", base64);
        }
        if (one.transport() == Transport.BASE64) {
            ratio(result, one, one.with(Transport.JSON), "base64_over_json", null);
        }
        if (one.mode() == Mode.ON) {
            ratio(result, one, one.with(Mode.OFF), "on_over_off_" + one.transport(), null);
        }
    }

    private void ratio(BenchResult result, IngestCase over, IngestCase under, String name,
            @Nullable Double wanted) {
        List<CaseRun> below = runs.get(under);
        if (below == null) {
            return;
        }
        String rest = axes.nameWithoutTransport(over);
        Figure figure = Figure.of(rest.isEmpty() ? name : name + "_" + rest, "acked/s of each round", "x",
                Summary.ofRatios(runs(over), below, CaseRun::ackedPerSecond));
        result.figure(wanted == null ? figure : figure.wanting(wanted));
    }

    private void addPlots(BenchResult result) {
        Plot latencies = Plot.latencies("Time to the ack of a batch, last round");
        for (Map.Entry<IngestCase, List<CaseRun>> one : runs.entrySet()) {
            latencies = latencies.line(axes.name(one.getKey()), one.getValue().getLast().ack());
        }
        result.plot(latencies);
        for (Map.Entry<IngestCase, List<CaseRun>> one : runs.entrySet()) {
            result.plot(timeline(axes.name(one.getKey()), one.getValue().getLast().timeline()));
        }
    }

    private static Plot timeline(String name, List<Sample> samples) {
        List<List<Double>> acked = new ArrayList<>();
        List<List<Double>> linked = new ArrayList<>();
        List<List<Double>> ingestLag = new ArrayList<>();
        List<List<Double>> indexLag = new ArrayList<>();
        int step = 1 + samples.size() / POINTS_MAX;
        Sample before = new Sample(0, 0, 0, 0, 0, 0);
        for (int i = step - 1; i < samples.size(); i += step) {
            Sample now = samples.get(i);
            double seconds = Math.max(1e-3, now.seconds() - before.seconds());
            acked.add(List.of(now.seconds(), (now.ackedRecords() - before.ackedRecords()) / seconds));
            double linkedMore = now.ackedRecords() - now.indexLagRecords()
                    - (before.ackedRecords() - before.indexLagRecords());
            linked.add(List.of(now.seconds(), Math.max(0, linkedMore / seconds)));
            ingestLag.add(List.of(now.seconds(), (double) now.ingestLagRecords()));
            indexLag.add(List.of(now.seconds(), (double) now.indexLagRecords()));
            before = now;
        }
        return Plot.of(Plot.Kind.TIMELINE, "Throughput and lag over time: " + name, "s", "records/s")
                .withRight("records behind").line("acked/s", acked).line("linked/s", linked)
                .lineRight("not linked", indexLag).lineRight("not applied", ingestLag);
    }
}
