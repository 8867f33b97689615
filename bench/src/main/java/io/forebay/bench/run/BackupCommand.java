package io.forebay.bench.run;

import static io.forebay.bench.run.CommonOptions.check;

import io.forebay.bench.life.BackupBench;
import io.forebay.bench.life.BackupSettings;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench backup}: how fast a backup is made, and what writers feel of it. */
@Command(name = "backup", mixinStandardHelpOptions = true, showDefaultValues = true, description = {
        "Backups beside a plain copy of the same files to the same disk, in turns.",
        "Acks of a steady writer, with and without a backup under way."})
public final class BackupCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(names = "--megabytes", paramLabel = "N", description = "About the size of the store.")
    private int megabytes = 1_000;

    @Option(names = "--rate", paramLabel = "N", description = "Batches a second of the writer.")
    private int rate = 100;

    @Option(names = "--batch", paramLabel = "N", description = "Records of such a batch.")
    private int batch = 20;

    @Option(names = "--rounds", paramLabel = "N", description = "Repetitions.")
    private int rounds = 5;

    @Override
    public Integer call() throws Exception {
        check(megabytes >= 1, "--megabytes", megabytes, "at least 1");
        check(rate >= 1 && rate <= 10_000, "--rate", rate, "1 to 10,000");
        check(batch >= 1, "--batch", batch, "at least 1");
        check(rounds >= 1, "--rounds", rounds, "at least 1");
        BenchData data = common.data(Long.MAX_VALUE);
        try (Workspace workspace = common.workspace()) {
            BenchResult result = common.result("backup", workspace, data);
            new BackupBench(new BackupSettings(megabytes, rate, batch, rounds), data, workspace, common::say)
                    .measure(result);
            common.finish(result);
        }
        return 0;
    }
}
