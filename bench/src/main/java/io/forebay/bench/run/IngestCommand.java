package io.forebay.bench.run;

import static io.forebay.bench.run.CommonOptions.check;

import io.forebay.bench.ingest.IngestAxes;
import io.forebay.bench.ingest.MatrixBench;
import io.forebay.bench.ingest.MatrixSettings;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Payload;
import io.forebay.bench.load.Transport;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.client.ForebayClient.Encoding;
import io.forebay.index.vector.IndexEngine;
import io.forebay.model.Durability;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench ingest}: what batch ingest buys, and (with {@code --growth}) whether it lasts. */
@Command(name = "ingest", mixinStandardHelpOptions = true, showDefaultValues = true, description = {
        "Acked records/s of a real server: batch_ingest on against off.",
        "Loads it over HTTP in turns, each time on a server of its own.",
        "With --matrix: every combination of the options that take lists, with throughput and lag over time.",
        "With --growth: one collection, the rate at its end against the rate at its start."})
public final class IngestCommand implements Callable<Integer> {
    private static final long RECORDS_ON = 100_000;
    private static final long RECORDS_OFF = 100_000;
    private static final long RECORDS_GROWTH = 200_000;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(names = "--growth", description = "One growing collection, in batch mode only")
    private boolean growth;

    @Option(names = "--engine", description = "Of the server (index.engine): native or hnswlib.")
    private IndexEngine engine = IndexEngine.NATIVE;

    @Mixin
    private IngestMatrixOptions matrix = new IngestMatrixOptions();

    @Option(names = "--clients", paramLabel = "N,...", split = ",", description = "Concurrent clients.")
    private List<Integer> clients = List.of(20);

    @Option(names = "--batch", paramLabel = "N,...", split = ",", description = "Records of one batch.")
    private List<Integer> batch = List.of(1000);

    @Option(names = "--records", paramLabel = "N", description = "Of one run: 100000, with --growth 200000")
    private @Nullable Long records;

    @Option(names = "--records-off", paramLabel = "N", description = "The same with batch_ingest off: 100000")
    private @Nullable Long recordsOff;

    @Option(names = "--bucket", paramLabel = "N", description = "Records of one stretch of --growth.")
    private long bucket = 20_000;

    @Option(names = "--rounds", paramLabel = "N", description = "Repetitions. Default: 3, with --growth 1")
    private @Nullable Integer rounds;

    @Option(names = "--durability", paramLabel = "D,...", split = ",", description = "sync or os.")
    private List<Durability> durability = List.of(Durability.SYNC);

    @Option(names = {"--transport", "--encoding"}, paramLabel = "T,...", split = ",",
            description = "base64 or json, with --matrix binary, too.")
    private List<Transport> transport = List.of(Transport.BASE64);

    @Option(names = "--payload", description = "records (with document) or vectors.")
    private Payload payload = Payload.RECORDS;

    @Option(names = "--warmup", paramLabel = "N", description = "Records loaded before each run.")
    private int warmup = 5_000;

    @Option(names = "--no-drain", description = "With --growth: does not wait for the index")
    private boolean noDrain;

    @Override
    public Integer call() throws Exception {
        validate();
        BenchData data = common.data(Long.MAX_VALUE);
        if (matrix.isAsked()) {
            measureMatrix(data);
            return 0;
        }
        IngestSettings settings = new IngestSettings(engine, clients.getFirst(), batch.getFirst(),
                durability.getFirst(),
                transport.getFirst() == Transport.JSON ? Encoding.JSON : Encoding.BASE64, payload, warmup,
                !noDrain);
        try (Workspace workspace = common.workspace()) {
            BenchResult result = common.result(growth ? "ingest-growth" : "ingest", workspace, data);
            result.parameter("settings", settings);
            IngestRunner runner = new IngestRunner(data, workspace, settings);
            if (growth) {
                new IngestGrowth(runner, recordsOn(), bucket, rounds(), common::say).measure(result);
            } else {
                new IngestComparison(runner, engine, recordsOn(), recordsOff(), rounds(), common::say)
                        .measure(result);
            }
            common.finish(result);
        }
        return 0;
    }

    private void measureMatrix(BenchData data) throws Exception {
        IngestAxes axes = new IngestAxes(transport, clients, batch,
                matrix.dimensions(data.dataset().dimension()), durability, matrix.modes(),
                matrix.collections());
        MatrixSettings settings = new MatrixSettings(axes, engine, payload, recordsOn(), recordsOff(),
                matrix.rate(), matrix.arrivals(), matrix.seconds(), rounds(), warmup, matrix.warmClient());
        try (Workspace workspace = common.workspace()) {
            BenchResult result = common.result("ingest-matrix", workspace, data);
            new MatrixBench(settings, data, workspace, common::say).measure(result);
            common.finish(result);
        }
    }

    private void validate() {
        check(clients.stream().allMatch(n -> n >= 1 && n <= 1000), "--clients", clients, "1 to 1000");
        check(batch.stream().allMatch(n -> n >= 1), "--batch", batch, "at least 1");
        matrix.validate(growth);
        if (!matrix.isAsked()) {
            check(clients.size() == 1, "--clients", clients, "one number without --matrix");
            check(batch.size() == 1, "--batch", batch, "one number without --matrix");
            check(durability.size() == 1, "--durability", durability, "one without --matrix");
            check(transport.size() == 1 && transport.getFirst() != Transport.BINARY, "--transport", transport,
                    "base64 or json without --matrix");
        }
        check(recordsOn() >= 1, "--records", recordsOn(), "at least 1");
        check(recordsOff() >= 1, "--records-off", recordsOff(), "at least 1");
        check(rounds() >= 1, "--rounds", rounds(), "at least 1");
        check(warmup >= 0, "--warmup", warmup, "at least 0");
        check(!growth || bucket >= 1 && recordsOn() >= 2 * bucket, "--bucket", bucket,
                "at least 1 and at most half of --records");
        check(growth || !noDrain, "--no-drain", true, "used with --growth");
    }

    long recordsOn() {
        return records != null ? records : growth ? RECORDS_GROWTH : RECORDS_ON;
    }

    long recordsOff() {
        return recordsOff != null ? recordsOff : Math.min(RECORDS_OFF, recordsOn());
    }

    int rounds() {
        return rounds != null ? rounds : growth ? 1 : 3;
    }
}
