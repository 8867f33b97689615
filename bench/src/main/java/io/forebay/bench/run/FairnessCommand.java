package io.forebay.bench.run;

import static io.forebay.bench.run.CommonOptions.check;

import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.many.FairnessBench;
import io.forebay.bench.many.FairnessSettings;
import io.forebay.bench.report.BenchResult;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench fairness}: a small collection beside the backlog of others. */
@Command(name = "fairness", mixinStandardHelpOptions = true, showDefaultValues = true, description = {
        "Small collections written while others have a backlog: how long until they are linked.",
        "Beside the same on the idle server."})
public final class FairnessCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private RoundsOption rounds = new RoundsOption(3);

    @Option(names = "--backlog", paramLabel = "N", description = "Records that wait to be linked.")
    private long backlog = 200_000;

    @Option(names = "--backlogged", split = ",", paramLabel = "N",
            description = "Collections that share them; one measurement for each number.")
    private List<Integer> backlogged = List.of(1, 20);

    @Option(names = "--small", paramLabel = "N", description = "Records of a small collection.")
    private int small = 100;

    @Option(names = "--idle", paramLabel = "N", description = "Small collections on the idle server.")
    private int idle = 50;

    @Option(names = "--clients", paramLabel = "N", description = "That make the backlog.")
    private int clients = 20;

    @Option(names = "--batch", paramLabel = "N", description = "Records of their batches.")
    private int batch = 1000;

    @Override
    public Integer call() throws Exception {
        FairnessSettings settings = settings();
        BenchData data = common.data(Long.MAX_VALUE);
        try (Workspace workspace = common.workspace()) {
            BenchResult result = common.result("fairness", workspace, data).parameter("settings", settings);
            new FairnessBench(settings, workspace, data, result, common::say).measure();
            common.finish(result);
        }
        return 0;
    }

    /** What was asked, checked. */
    FairnessSettings settings() {
        check(backlog >= 1, "--backlog", backlog, "at least 1");
        check(backlogged.stream().allMatch(count -> count >= 1), "--backlogged", backlogged,
                "at least 1 each");
        check(small >= 1, "--small", small, "at least 1");
        check(idle >= 1, "--idle", idle, "at least 1");
        check(clients >= 1 && clients <= 1000, "--clients", clients, "1 to 1000");
        check(batch >= 1, "--batch", batch, "at least 1");
        return new FairnessSettings(rounds.count(), rounds.warmUp(), backlog,
                List.copyOf(backlogged), small, idle, clients, batch);
    }
}
