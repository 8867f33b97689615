package io.forebay.bench.run;

import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.Summary;
import io.forebay.bench.report.Table;
import io.forebay.index.vector.IndexEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/** Batch ingest on and off in turns: on, off, on, off. */
final class IngestComparison {
    /** The proposal's own claim, with its kind of index; a faster one makes the answers that wait for it faster. */
    private static final double RATIO_WANTED = 5;

    private final IngestRunner runner;
    private final IndexEngine engine;
    private final long recordsOn;
    private final long recordsOff;
    private final int rounds;
    private final Consumer<String> progress;

    IngestComparison(IngestRunner runner, IndexEngine engine, long recordsOn, long recordsOff, int rounds,
            Consumer<String> progress) {
        this.runner = runner;
        this.engine = engine;
        this.recordsOn = recordsOn;
        this.recordsOff = recordsOff;
        this.rounds = rounds;
        this.progress = progress;
    }

    void measure(BenchResult result) throws Exception {
        result.parameter("recordsOn", recordsOn).parameter("recordsOff", recordsOff).parameter("rounds",
                rounds);
        List<IngestRun> on = new ArrayList<>();
        List<IngestRun> off = new ArrayList<>();
        List<Double> logRates = new ArrayList<>();
        // The client runs in this process: its compiler is warm before anything counts, as the servers' are after theirs.
        warmClient();
        for (int round = 1; round <= rounds; round++) {
            on.add(one(result, round, true, recordsOn));
            logRates.add(runner.logRate());
            off.add(one(result, round, false, recordsOff));
        }
        addRates(result, on, off);
        addLatencies(result, "on", on);
        addLatencies(result, "off", off);
        addDrain(result, on);
        new IngestBounds(on, logRates).addTo(result);
        if (recordsOff < recordsOn) {
            result.note(
                    "off is measured over fewer records, in a smaller graph that links faster: the ratios"
                            + " are smaller than they would be over as many");
        }
    }

    private void warmClient() throws Exception {
        IngestRun run = runner.run(0, true, recordsOn).run();
        progress.accept(
                "not counted: " + Table.number(run.ackedPerSecond()) + " acked/s while the client warms up");
    }

    private IngestRun one(BenchResult result, int round, boolean batchIngest, long records) throws Exception {
        IngestRun run = runner.run(round, batchIngest, records).run();
        result.run(run);
        progress.accept(String.format(Locale.ROOT,
                "round %d, %-3s  %s records  %s acked/s  ack p50 %s ms, p99 %s ms  linked after %s s"
                        + "  (others used %.0f %% of the machine)",
                round, batchIngest ? "on" : "off", Table.number(records), Table.number(run.ackedPerSecond()),
                Table.number(run.ack().p50Millis()), Table.number(run.ack().p99Millis()),
                Table.number(run.linkedSeconds()), 100 * run.loadCpu().othersShare()));
        return run;
    }

    private void addRates(BenchResult result, List<IngestRun> on, List<IngestRun> off) {
        result.figure(rate("acked_on", "acked, batch_ingest on", on, IngestRun::ackedPerSecond));
        result.figure(rate("acked_off", "acked, batch_ingest off", off, IngestRun::ackedPerSecond));
        Figure claim = Figure.of("acked_on_over_off", "acked_on / acked_off of each round", "x",
                Summary.ofRatios(on, off, IngestRun::ackedPerSecond));
        result.figure(engine == IndexEngine.HNSWLIB ? claim.wanting(RATIO_WANTED) : claim);
        result.figure(rate("linked_on", "records / time until all is linked, on", on,
                IngestRun::linkedPerSecond));
        result.figure(rate("linked_off", "the same, off", off, IngestRun::linkedPerSecond));
        result.figure(Figure.of("linked_on_over_off", "linked_on / linked_off of each round", "x",
                Summary.ofRatios(on, off, IngestRun::linkedPerSecond)));
        result.figure(Figure.of("acked_over_linked_on", "acked_on / linked_on of each round", "x",
                Summary.of(on, run -> run.ackedPerSecond() / run.linkedPerSecond())));
    }

    private static void addLatencies(BenchResult result, String mode, List<IngestRun> runs) {
        result.figure(Figure.of("ack_p50_" + mode, "median ack of a batch, " + mode, "ms",
                Summary.of(runs, run -> run.ack().p50Millis())));
        result.figure(Figure.of("ack_p99_" + mode, "99th percentile ack of a batch, " + mode, "ms",
                Summary.of(runs, run -> run.ack().p99Millis())));
    }

    private static void addDrain(BenchResult result, List<IngestRun> on) {
        result.figure(Figure.of("applied_after_load_on", "last ack until all is applied", "s",
                Summary.of(on, IngestRun::appliedAfterLoadSeconds)));
        result.figure(Figure.of("linked_time_on", "first call until all is linked", "s",
                Summary.of(on, IngestRun::linkedSeconds)));
        result.figure(Figure.of("ingest_lag_on", "not applied at the last ack", "records",
                Summary.of(on, IngestRun::ingestLagRecords)));
        result.figure(Figure.of("index_lag_on", "not linked at the last ack", "records",
                Summary.of(on, IngestRun::indexLagRecords)));
        result.figure(Figure.of("load_cpu_on", "CPU of client and server during the load", "us/record",
                Summary.of(on, IngestRun::loadCpuMicrosPerRecord)));
        result.figure(Figure.of("others_on", "cores used by other processes during the load", "share",
                Summary.of(on, run -> run.loadCpu().othersShare())));
    }

    private static Figure rate(String name, String formed, List<IngestRun> runs,
            ToDoubleFunction<IngestRun> value) {
        return Figure.of(name, formed, "records/s", Summary.of(runs, value));
    }
}
