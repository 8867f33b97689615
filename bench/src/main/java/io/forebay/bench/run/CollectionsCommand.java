package io.forebay.bench.run;

import static io.forebay.bench.run.CommonOptions.check;

import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.many.CollectionsBench;
import io.forebay.bench.many.CollectionsSettings;
import io.forebay.bench.report.BenchResult;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench collections}: a server with thousands of collections. */
@Command(name = "collections", mixinStandardHelpOptions = true, showDefaultValues = true, description = {
        "A server with thousands of collections beside one with a single one:",
        "start-up, memory and files, idle CPU, acks."})
public final class CollectionsCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private RoundsOption rounds = new RoundsOption(3);

    @Option(names = "--collections", paramLabel = "N", description = "How many.")
    private int collections = 10_000;

    @Option(names = "--each", paramLabel = "N", description = "Records of each one at first.")
    private int each = 3;

    @Option(names = "--writes", paramLabel = "N",
            description = "Of a round on each side. Default: as many as collections")
    private int writes;

    @Option(names = "--batch", paramLabel = "N", description = "Records of one write.")
    private int batch = 1;

    @Option(names = "--clients", paramLabel = "N", description = "Connections that write.")
    private int clients = 20;

    @Option(names = "--idle-seconds", paramLabel = "S", description = "How long idle servers are looked at.")
    private double idleSeconds = 10;

    @Override
    public Integer call() throws Exception {
        CollectionsSettings settings = settings();
        BenchData data = common.data(Long.MAX_VALUE);
        try (Workspace workspace = common.workspace()) {
            BenchResult result = common.result("collections", workspace, data).parameter("settings",
                    settings);
            new CollectionsBench(settings, workspace, data, result, common::say).measure();
            common.finish(result);
        }
        return 0;
    }

    /** What was asked, checked. */
    CollectionsSettings settings() {
        check(collections >= 1, "--collections", collections, "at least 1");
        check(each >= 1, "--each", each, "at least 1");
        check(writes >= 0, "--writes", writes, "at least 1");
        check(batch >= 1, "--batch", batch, "at least 1");
        check(clients >= 1 && clients <= 1000, "--clients", clients, "1 to 1000");
        check(idleSeconds > 0, "--idle-seconds", idleSeconds, "more than 0");
        return new CollectionsSettings(rounds.count(), rounds.warmUp(), collections, each,
                writes == 0 ? collections : writes, batch, clients, idleSeconds);
    }
}
