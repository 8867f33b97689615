package io.forebay.bench.ingest;

import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Table;
import io.forebay.bench.wal.LogRate;
import io.forebay.model.Durability;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/** All cases of a round one after the other, then the next round; the rate of the log alone once in each round. */
public final class MatrixBench {
    private final MatrixSettings settings;
    private final CaseRunner runner;
    private final LogRate log;
    private final Consumer<String> say;

    public MatrixBench(MatrixSettings settings, BenchData data, Workspace workspace, Consumer<String> say) {
        this.settings = settings;
        this.runner = new CaseRunner(data, workspace, settings);
        this.log = new LogRate(workspace, data);
        this.say = say;
    }

    public void measure(BenchResult result) throws Exception {
        result.parameter("settings", settings);
        List<IngestCase> cases = settings.axes().cases();
        if (settings.warmClient()) {
            warmClient(cases);
        }
        MatrixFigures figures = new MatrixFigures(settings.axes());
        for (int round = 1; round <= settings.rounds(); round++) {
            Map<String, Double> logRates = logRates(cases);
            for (IngestCase one : cases) {
                CaseRun run = runner.run(round, one);
                figures.add(run, Objects.requireNonNull(logRates.get(logKey(one))));
                result.run(run);
                tell(run);
            }
        }
        figures.addTo(result);
    }

    /** This process's code for each transport, which all servers share: the first load would pay for compiling it. */
    private void warmClient(List<IngestCase> cases) throws Exception {
        Set<Object> warm = new HashSet<>();
        for (IngestCase one : cases) {
            if (warm.add(one.transport())) {
                say.accept("not counted: " + Table.number(runner.run(0, one).ackedPerSecond())
                        + " acked/s while the client warms up (" + one.transport() + ")");
            }
        }
    }

    private Map<String, Double> logRates(List<IngestCase> cases) throws Exception {
        Map<String, Double> rates = new HashMap<>();
        for (IngestCase one : cases) {
            if (!rates.containsKey(logKey(one))) {
                rates.put(logKey(one), log.bytesPerSecond(one.durability(), one.clients()));
            }
        }
        return rates;
    }

    private static String logKey(IngestCase one) {
        return one.durability() == Durability.SYNC ? "sync " + one.clients() : "os";
    }

    private void tell(CaseRun run) {
        say.accept(String.format(Locale.ROOT,
                "round %d, %-24s  %s acked/s  ack p50 %s ms, p99 %s ms  linked after %s s  (others %.0f %%)",
                run.round(), settings.axes().name(run.settings()), Table.number(run.ackedPerSecond()),
                Table.number(run.ack().percentiles().p50Millis()),
                Table.number(run.ack().percentiles().p99Millis()), Table.number(run.linkedSeconds()),
                100 * run.loadCpu().othersShare()));
    }
}
