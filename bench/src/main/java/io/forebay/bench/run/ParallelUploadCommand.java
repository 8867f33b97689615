package io.forebay.bench.run;

import static io.forebay.bench.run.CommonOptions.check;

import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.many.ParallelUploadBench;
import io.forebay.bench.many.UploadCase;
import io.forebay.bench.many.UploadPart;
import io.forebay.bench.many.UploadSettings;
import io.forebay.bench.report.BenchResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench parallel-upload}: many collections at once beside one after the other. */
@Command(name = "parallel-upload", mixinStandardHelpOptions = true, showDefaultValues = true, description = {
        "Many collections uploaded at once: beside one after the other, and beside the same into one.",
        "Parts: linked (large batches, until all is linked), acks (small ones, each synced),",
        "slow_acks (the same where a sync takes longer)."})
public final class ParallelUploadCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(names = "--part", split = ",", paramLabel = "PART",
            description = "Parts to measure. Default: all")
    private Set<UploadPart> parts = new TreeSet<>();

    @Option(names = "--uploads", split = ",", paramLabel = "NxP",
            description = "N collections, P of them at once.")
    private List<String> uploads = List.of("3x2", "5x4", "10x10");

    @Mixin
    private RoundsOption rounds = new RoundsOption(3);

    @Option(names = "--records", paramLabel = "N",
            description = "Of all collections together, in part linked.")
    private long records = 20_000;

    @Option(names = "--batch", paramLabel = "N", description = "Records of one batch of part linked.")
    private int batch = 1000;

    @Option(names = "--ack-batches", paramLabel = "N",
            description = "Of all collections together, in parts acks and slow_acks.")
    private int ackBatches = 2000;

    @Option(names = "--ack-batch", paramLabel = "N", description = "Records of one batch of these.")
    private int ackBatch = 1;

    @Option(names = "--sync-millis", paramLabel = "MS",
            description = "That a sync takes longer in part slow_acks.")
    private double syncMillis = 2;

    @Override
    public Integer call() throws Exception {
        UploadSettings settings = settings();
        BenchData data = common.data(Long.MAX_VALUE);
        try (Workspace workspace = common.workspace()) {
            BenchResult result = common.result("parallel-upload", workspace, data)
                    .parameter("parts", settings.parts().stream().sorted().map(UploadPart::toString).toList())
                    .parameter("uploads", uploads).parameter("rounds", settings.rounds())
                    .parameter("records", records).parameter("batch", batch)
                    .parameter("ackBatches", ackBatches).parameter("ackBatch", ackBatch)
                    .parameter("syncMillis", syncMillis);
            new ParallelUploadBench(settings, common.root(), workspace, data, result, common::say).measure();
            common.finish(result);
        }
        return 0;
    }

    /** What was asked, checked. */
    UploadSettings settings() {
        List<UploadCase> cases = new ArrayList<>();
        for (String text : uploads) {
            try {
                cases.add(UploadCase.parse(text));
            } catch (IllegalArgumentException e) {
                throw new BenchException("--uploads is " + text + ", " + e.getMessage());
            }
        }
        check(records >= 1, "--records", records, "at least 1");
        check(batch >= 1, "--batch", batch, "at least 1");
        check(ackBatches >= 1, "--ack-batches", ackBatches, "at least 1");
        check(ackBatch >= 1, "--ack-batch", ackBatch, "at least 1");
        check(syncMillis > 0, "--sync-millis", syncMillis, "more than 0");
        return new UploadSettings(parts.isEmpty() ? Set.of(UploadPart.values()) : Set.copyOf(parts), cases,
                rounds.count(), rounds.warmUp(), records, batch, ackBatches, ackBatch, syncMillis);
    }
}
