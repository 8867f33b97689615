package io.forebay.bench.run;

import static io.forebay.bench.run.CommonOptions.check;

import io.forebay.bench.life.RestartBench;
import io.forebay.bench.life.RestartSettings;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.model.Durability;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench restart}: how soon a server is there again. */
@Command(name = "restart", mixinStandardHelpOptions = true, showDefaultValues = true, description = {
        "Starts after SIGTERM and SIGKILL, by size of the collection.",
        "Until it listens, until the first query is answered, until all is opened and linked."})
public final class RestartCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(names = "--records", paramLabel = "N,...", split = ",", description = "Of the collection.")
    private List<Integer> records = List.of(10_000, 50_000, 200_000);

    @Option(names = "--unlinked", paramLabel = "N", description = "Records written right before SIGKILL.")
    private int unlinked = 10_000;

    @Option(names = "--durability", description = "sync or os.")
    private Durability durability = Durability.SYNC;

    @Option(names = "--rounds", paramLabel = "N", description = "Repetitions.")
    private int rounds = 3;

    @Override
    public Integer call() throws Exception {
        check(records.stream().allMatch(n -> n >= 10), "--records", records, "at least 10");
        check(unlinked >= 1, "--unlinked", unlinked, "at least 1");
        check(rounds >= 1, "--rounds", rounds, "at least 1");
        BenchData data = common.data(Long.MAX_VALUE);
        try (Workspace workspace = common.workspace()) {
            BenchResult result = common.result("restart", workspace, data);
            RestartSettings settings = new RestartSettings(records, unlinked, durability, rounds);
            new RestartBench(settings, data, workspace, common::say).measure(result);
            common.finish(result);
        }
        return 0;
    }
}
