package io.forebay.bench.many;

import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Quiet;
import io.forebay.bench.load.ServerProcess;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.CpuMeter;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.Summary;
import io.forebay.bench.report.Table;
import io.forebay.client.ForebayClient;
import io.forebay.model.CollectionConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * How long a small collection waits for the index while others have a backlog: small collections are written one after the
 * other, first on an idle server, then beside the backlog until nine tenths of it are linked. Each number of backlogged
 * collections has a server of its own in each round.
 */
public final class FairnessBench {
    /** The bound, of the slowest of all. */
    private static final double LINKED_MILLIS_ALLOWED = 1000;
    private static final int BACKLOG_LEFT_DIVISOR = 10;

    private final FairnessSettings settings;
    private final Workspace workspace;
    private final BenchData data;
    private final BenchResult result;
    private final Consumer<String> progress;
    private final List<FairnessRun> runs = new ArrayList<>();

    public FairnessBench(FairnessSettings settings, Workspace workspace, BenchData data, BenchResult result,
            Consumer<String> progress) {
        this.settings = settings;
        this.workspace = workspace;
        this.data = data;
        this.result = result;
        this.progress = progress;
    }

    public void measure() throws Exception {
        for (int round = settings.firstRound(); round <= settings.rounds(); round++) {
            for (int backlogged : settings.backlogged()) {
                measure(round, backlogged);
            }
        }
        addFigures(0, Double.NaN);
        for (int backlogged : settings.backlogged()) {
            addFigures(backlogged, backlogged == 1 ? LINKED_MILLIS_ALLOWED : Double.NaN);
        }
    }

    private void measure(int round, int backlogged) throws Exception {
        Path directory = workspace.newDirectory("backlog-" + backlogged);
        try (ServerProcess server = ServerProcess.start(directory, Map.of());
                ForebayClient client = ForebayClient.connect(server.address().toString())) {
            SmallCollections small = new SmallCollections(client, data, settings.small());
            for (int i = 0; i < settings.idle(); i++) {
                small.one();
            }
            small.take();
            Quiet.await(List.of(server));
            CpuMeter idle = CpuMeter.start(server.handle());
            for (int i = 0; i < settings.idle(); i++) {
                small.one();
            }
            add(new FairnessRun(round, 0, 0, 0, small.count(), small.take(), idle.stop()));

            Backlog backlog = new Backlog(client, CollectionConfig.of(data.dataset().space()), backlogged);
            backlog.build(data, settings.backlog(), settings.clients(), settings.batch());
            long first = backlog.records();
            CpuMeter busy = CpuMeter.start(server.handle());
            do {
                small.one();
            } while (backlog.records() > settings.backlog() / BACKLOG_LEFT_DIVISOR);
            add(new FairnessRun(round, backlogged, first, backlog.records(), small.count(), small.take(),
                    busy.stop()));
        } finally {
            Workspace.delete(directory);
        }
    }

    private void add(FairnessRun run) {
        if (run.round() > 0) {
            runs.add(run);
            result.run(run);
        }
        SmallCollections.Times times = run.times();
        progress.accept(String.format(Locale.ROOT,
                "%-8s %-10s  backlog %s to %s records, %s/s drained  %d small: linked p50 %s ms, max %s ms;"
                        + " applied p50 %s ms; ack p50 %s ms, max %s ms  (others used %.0f %% of the machine)",
                run.round() == 0 ? "warm-up" : "round " + run.round(), run.side(),
                Table.number(run.backlogFirst()), Table.number(run.backlogLast()),
                Table.number(run.drainedPerSecond()), run.collections(),
                Table.number(times.linked().p50Millis()), Table.number(times.linked().maxMillis()),
                Table.number(times.applied().p50Millis()), Table.number(times.ack().p50Millis()),
                Table.number(times.ack().maxMillis()), 100 * run.cpu().othersShare()));
    }

    private void addFigures(int backlogged, double linkedAllowed) {
        List<FairnessRun> of = runs.stream().filter(run -> run.backlogged() == backlogged).toList();
        String side = of.getFirst().side();
        Figure slowest = millis("linked_max_" + side, "the slowest of the round", of,
                run -> run.times().linked().maxMillis());
        result.figure(Double.isNaN(linkedAllowed) ? slowest : slowest.wantingAtMost(linkedAllowed));
        result.figure(millis("linked_p50_" + side, "ack until all of a small collection is linked", of,
                run -> run.times().linked().p50Millis()));
        result.figure(millis("applied_p50_" + side, "ack until every read sees it", of,
                run -> run.times().applied().p50Millis()));
        result.figure(millis("applied_max_" + side, "the slowest of the round", of,
                run -> run.times().applied().maxMillis()));
        result.figure(millis("ack_p50_" + side, "ack of the batch of a small collection", of,
                run -> run.times().ack().p50Millis()));
        result.figure(millis("ack_max_" + side, "the slowest of the round", of,
                run -> run.times().ack().maxMillis()));
        if (backlogged > 0) {
            result.figure(Figure.of("small_" + side, "small collections written during the backlog", "",
                    Summary.of(of, FairnessRun::collections)));
            result.figure(
                    Figure.of("backlog_records_" + side, "not linked when the first one was made", "records",
                            Summary.of(of, FairnessRun::backlogFirst)));
            result.figure(Figure.of("drained_" + side, "of the backlog, meanwhile", "records/s",
                    Summary.of(of, FairnessRun::drainedPerSecond)));
        }
        result.figure(Figure.of("others_" + side, "cores used by other processes", "share",
                Summary.of(of, run -> run.cpu().othersShare())));
    }

    private static Figure millis(String name, String formed, List<FairnessRun> of,
            ToDoubleFunction<FairnessRun> value) {
        return Figure.of(name, formed, "ms", Summary.of(of, value));
    }
}
