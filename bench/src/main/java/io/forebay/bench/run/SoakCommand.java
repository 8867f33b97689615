package io.forebay.bench.run;

import static io.forebay.bench.run.CommonOptions.check;

import io.forebay.bench.life.SoakBench;
import io.forebay.bench.life.SoakSettings;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.model.Durability;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench soak}: a mixed load for a stated time. */
@Command(name = "soak", mixinStandardHelpOptions = true, showDefaultValues = true, description = {
        "Writes, deletes, reads and queries for a stated time; with --kill-every a server that is killed.",
        "Prints answers that break a promise, and memory over time."})
public final class SoakCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(names = "--seconds", paramLabel = "S", description = "Of the load.")
    private double seconds = 60;

    @Option(names = "--clients", paramLabel = "N", description = "Each with ids of its own.")
    private int clients = 8;

    @Option(names = "--collections", paramLabel = "N", description = "That they share.")
    private int collections = 2;

    @Option(names = "--ids", paramLabel = "N", description = "Of one client.")
    private int ids = 2_000;

    @Option(names = "--batch", paramLabel = "N", description = "Records of one write.")
    private int batch = 50;

    @Option(names = "--kill-every", paramLabel = "S", description = "Seconds between SIGKILLs; 0 for none.")
    private double killSeconds;

    @Option(names = "--durability", description = "sync or os.")
    private Durability durability = Durability.SYNC;

    @Option(names = "--seed", paramLabel = "N", description = "Of the choices. Default: another each time")
    private @Nullable Long seed;

    @Override
    public Integer call() throws Exception {
        check(seconds > 0, "--seconds", seconds, "more than 0");
        check(clients >= 1 && clients <= 1000, "--clients", clients, "1 to 1000");
        check(collections >= 1 && collections <= 1000, "--collections", collections, "1 to 1000");
        check(batch >= 1, "--batch", batch, "at least 1");
        check(ids >= batch, "--ids", ids, "at least --batch");
        check(killSeconds >= 0, "--kill-every", killSeconds, "at least 0");
        BenchData data = common.data(Long.MAX_VALUE);
        try (Workspace workspace = common.workspace()) {
            BenchResult result = common.result("soak", workspace, data);
            SoakSettings settings = new SoakSettings(seconds, clients, collections, ids, batch, killSeconds,
                    seed == null ? System.nanoTime() : seed, durability);
            new SoakBench(settings, data, workspace, common::say).measure(result);
            common.finish(result);
        }
        return 0;
    }
}
