package io.forebay.bench.run;

import static io.forebay.bench.run.CommonOptions.check;

import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Payload;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.Summary;
import io.forebay.bench.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench apply}: records applied per second of one core. */
@Command(name = "apply", mixinStandardHelpOptions = true, showDefaultValues = true, description = {
        "Records applied per second of one core, in this process.",
        "One indexer thread: log, checksum, ids, RocksDB, arena, snapshot. Linking is not in it."})
public final class ApplyCommand implements Callable<Integer> {
    /** The figure for this first form. */
    private static final double RATE_WANTED = 50_000;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(names = "--records", paramLabel = "N", description = "Records of one run.")
    private long records = 100_000;

    @Option(names = "--batch", paramLabel = "N", description = "Records of one batch.")
    private int batch = 1000;

    @Option(names = "--rounds", paramLabel = "N", description = "Repetitions.")
    private int rounds = 5;

    @Option(names = "--warmup", paramLabel = "N", description = "Records of a first, uncounted run.")
    private long warmup = 50_000;

    @Option(names = "--payload", description = "records or vectors. Default: both, in turns")
    private @Nullable Payload payload;

    @Override
    public Integer call() throws Exception {
        check(records >= 1, "--records", records, "at least 1");
        check(batch >= 1, "--batch", batch, "at least 1");
        check(rounds >= 1, "--rounds", rounds, "at least 1");
        check(warmup >= 0, "--warmup", warmup, "at least 0");
        BenchData data = common.data(Long.MAX_VALUE);
        try (Workspace workspace = common.workspace()) {
            BenchResult result = common.result("apply", workspace, data)
                    .parameter("records", records).parameter("batchRecords", batch)
                    .parameter("rounds", rounds).parameter("warmupRecords", warmup);
            Map<Payload, List<ApplyRun>> runs = measure(new ApplyMeasurement(data, workspace, batch), result);
            runs.forEach((kind, ofKind) -> addFigures(result, kind, ofKind));
            addRatio(result, runs);
            result.note(
                    "measured: one indexer thread, from reading in the log to publishing the snapshot");
            common.finish(result);
        }
        return 0;
    }

    private Map<Payload, List<ApplyRun>> measure(ApplyMeasurement measurement, BenchResult result)
            throws Exception {
        List<Payload> kinds = payload == null ? List.of(Payload.VECTORS, Payload.RECORDS) : List.of(payload);
        Map<Payload, List<ApplyRun>> runs = new LinkedHashMap<>();
        for (int round = warmup == 0 ? 1 : 0; round <= rounds; round++) {
            for (Payload kind : kinds) {
                ApplyRun run = measurement.run(round, kind, round == 0 ? warmup : records);
                if (round > 0) {
                    runs.computeIfAbsent(kind, unused -> new ArrayList<>()).add(run);
                    result.run(run);
                }
                common.say(String.format(Locale.ROOT,
                        "%-8s %-7s  %s records/s of CPU  %s records/s of wall time"
                                + "  (others used %.0f %% of the machine)",
                        round == 0 ? "warm-up" : "round " + round, kind,
                        Table.number(run.recordsPerCpuSecond()), Table.number(run.recordsPerWallSecond()),
                        100 * run.cpu().othersShare()));
            }
        }
        return runs;
    }

    private static void addFigures(BenchResult result, Payload kind, List<ApplyRun> runs) {
        result.figure(
                Figure.of("apply_" + kind + "_per_cpu", "records / CPU time of the indexer, linking excluded",
                        "records/s", Summary.of(runs, ApplyRun::recordsPerCpuSecond)).wanting(RATE_WANTED));
        result.figure(Figure.of("apply_" + kind + "_per_process_cpu",
                "the same, over all CPU time but appending and linking, with the checkpoint", "records/s",
                Summary.of(runs, ApplyRun::recordsPerProcessCpuSecond)));
        result.figure(
                Figure.of("apply_" + kind + "_per_wall", "records / time until all is applied", "records/s",
                        Summary.of(runs, ApplyRun::recordsPerWallSecond)));
    }

    private static void addRatio(BenchResult result, Map<Payload, List<ApplyRun>> runs) {
        List<ApplyRun> vectors = runs.get(Payload.VECTORS);
        List<ApplyRun> whole = runs.get(Payload.RECORDS);
        if (vectors != null && whole != null) {
            result.figure(Figure.of("apply_records_over_vectors",
                    "per CPU: with document and metadata / vectors only", "x",
                    Summary.ofRatios(whole, vectors, ApplyRun::recordsPerCpuSecond)));
        }
    }
}
