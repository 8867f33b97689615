package io.forebay.bench.run;

import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.CpuMeter;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.Summary;
import io.forebay.bench.report.ThreadCpu.Group;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What bounds the acks of a load: who had the processors, how long the disk was busy with syncs, and how far the log was
 * from what it does alone. Whatever is near 1 is the bound.
 */
final class IngestBounds {
    private final List<IngestRun> runs;
    private final List<Double> logRates;

    /** @param logRates bytes per second of the log alone, measured in the round of each run */
    IngestBounds(List<IngestRun> runs, List<Double> logRates) {
        this.runs = List.copyOf(runs);
        this.logRates = List.copyOf(logRates);
    }

    void addTo(BenchResult result) {
        List<Figure> cpu = new ArrayList<>();
        cpu.add(share("client", "this process: encoding, HTTP", run -> run.loadCpu().ownSeconds()));
        for (Group group : Group.values()) {
            cpu.add(share(group == Group.OTHER ? "server_other" : group.toString(),
                    "server's threads of this kind",
                    run -> run.cost().threadSeconds().getOrDefault(group, 0.0)));
        }
        cpu.add(share("others", "neither client nor server",
                run -> run.loadCpu().othersShare() * capacity(run.loadCpu())));
        cpu.add(share("idle", "nobody", IngestBounds::idleSeconds));
        cpu.forEach(result::figure);
        result.figure(Figure.of("bound_disk_syncs", "time in syncs / time of the load", "share",
                Summary.of(runs, run -> run.cost().syncSeconds() / run.loadSeconds())));
        result.figure(Figure.of("bound_log_alone",
                "the log by itself, same disk and durability, batches of 1,000 x 384",
                "MB/s", Summary.of(logRates, rate -> rate / 1e6)));
        result.figure(
                Figure.of("bound_log", "bytes/s of acked batches / bound_log_alone, of each round", "share",
                        logShare()));
        result.figure(Figure.of("bound_ack_in_engine",
                "mean of a batch from decoded to answered (log and syncs) / mean the client waited", "share",
                Summary.of(runs, run -> run.cost().ackEngineMillis() / run.cost().ackMillis())));
        result.note("bound of acked_on: " + sentence(cpu));
    }

    private Summary logShare() {
        double[] shares = new double[runs.size()];
        for (int i = 0; i < shares.length; i++) {
            IngestRun run = runs.get(i);
            shares[i] = run.cost().ackedBytes() / run.loadSeconds() / logRates.get(i);
        }
        return Summary.of(shares);
    }

    private Figure share(String name, String formed, ToDoubleFunction<IngestRun> seconds) {
        return Figure.of("bound_cpu_" + name, formed + ", of all cores", "share",
                Summary.of(runs, run -> seconds.applyAsDouble(run) / capacity(run.loadCpu())));
    }

    private static double capacity(CpuMeter.Usage usage) {
        return usage.wallSeconds() * Runtime.getRuntime().availableProcessors();
    }

    private static double idleSeconds(IngestRun run) {
        CpuMeter.Usage usage = run.loadCpu();
        double busy = usage.ownSeconds() + usage.serverSeconds() + usage.othersShare() * capacity(usage);
        return Math.max(0, capacity(usage) - busy);
    }

    /** The largest shares of the processors first. */
    private String sentence(List<Figure> cpu) {
        StringBuilder text = new StringBuilder("of all cores");
        cpu.stream().sorted(Comparator.comparingDouble(figure -> -figure.value().median()))
                .filter(figure -> figure.value().median() >= 0.02)
                .forEach(figure -> text.append(String.format(Locale.ROOT, ", %s %.0f %%",
                        figure.name().substring("bound_cpu_".length()), 100 * figure.value().median())));
        return text.append(String.format(Locale.ROOT,
                "; the disk syncs %.0f %% of the time, the log is at %.0f %% of its rate alone",
                100 * Summary.of(runs, run -> run.cost().syncSeconds() / run.loadSeconds()).median(),
                100 * logShare().median())).toString();
    }
}
