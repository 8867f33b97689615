package io.forebay.bench.run;

import static io.forebay.bench.run.CommonOptions.check;

import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.migrate.MigrateBench;
import io.forebay.bench.migrate.MigrateSettings;
import io.forebay.bench.report.BenchResult;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench migrate}: how fast a migration is beside what its source delivers. */
@Command(name = "migrate", mixinStandardHelpOptions = true, showDefaultValues = true, description = {
        "Migrates a collection, and reads it with the same requests to throw it away, in turns.",
        "From Chroma's own server, where it starts, and from this build."})
public final class MigrateCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private RoundsOption rounds = new RoundsOption(5);

    @Option(names = "--records", paramLabel = "N", description = {"Records of the collection.",
            "More than the dataset has: further passes over it, moved a little."})
    private int records = 40_509;

    @Option(names = "--readers", paramLabel = "N", description = "Pages asked for at the same time.")
    private int readers = 4;

    @Option(names = "--source", paramLabel = "S,...", split = ",",
            description = "chroma, forebay_http or forebay_binary.")
    private List<String> sources = MigrateSettings.SOURCES;

    @Option(names = "--cpus", paramLabel = "C,...", split = ",", description = {
            "shared: everything on all processors; apart: the source on the first,",
            "the rest on the others."})
    private List<String> cpus = MigrateSettings.CPUS;

    @Mixin
    private ChromaOption chroma = new ChromaOption();

    @Override
    public Integer call() throws Exception {
        check(records >= 1, "--records", records, "at least 1");
        check(readers >= 1, "--readers", readers, "at least 1");
        for (String source : sources) {
            check(MigrateSettings.SOURCES.contains(source), "--source", source,
                    "one of " + MigrateSettings.SOURCES);
        }
        for (String one : cpus) {
            check(MigrateSettings.CPUS.contains(one), "--cpus", one,
                    "one of " + MigrateSettings.CPUS);
        }
        MigrateSettings settings = new MigrateSettings(rounds.count(), rounds.warmUp(), records, readers,
                sources, cpus, chroma.how());
        BenchData data = common.data(records);
        try (Workspace workspace = common.workspace()) {
            BenchResult result = common.result("migrate", workspace, data).parameter("records", records)
                    .parameter("rounds", rounds.count()).parameter("readers", readers);
            new MigrateBench(settings, workspace, data, result, common::say).measure();
            common.finish(result);
        }
        return 0;
    }
}
