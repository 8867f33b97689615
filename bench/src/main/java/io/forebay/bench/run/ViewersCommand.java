package io.forebay.bench.run;

import static io.forebay.bench.run.CommonOptions.check;

import io.forebay.bench.console.ViewersBench;
import io.forebay.bench.console.ViewersSettings;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench viewers}: what it costs the server that people look at it. */
@Command(name = "viewers", mixinStandardHelpOptions = true, showDefaultValues = true, description = {
        "What it costs the server that people look at it in the console:",
        "its CPU with viewers against without, alternating."})
public final class ViewersCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(names = "--viewers", paramLabel = "N", description = "At once; the cost is told of ten.")
    private int viewers = 50;

    @Option(names = "--collections", paramLabel = "N")
    private int collections = 200;

    @Option(names = "--moving", paramLabel = "N", description = "Of them, get a record every second.")
    private int moving = 20;

    @Option(names = "--seconds", paramLabel = "S", description = "Of one run.")
    private double seconds = 15;

    @Option(names = "--rounds", paramLabel = "N",
            description = "Pairs of runs, behind one that does not count.")
    private int rounds = 5;

    @Override
    public Integer call() throws Exception {
        ViewersSettings settings = settings();
        BenchData data = common.data(1000);
        try (Workspace workspace = common.workspace()) {
            BenchResult result = common.result("viewers", workspace, data).parameter("viewers", viewers)
                    .parameter("collections", collections).parameter("moving", moving)
                    .parameter("seconds", seconds).parameter("rounds", rounds);
            new ViewersBench(settings, workspace, data, result, common::say).measure();
            common.finish(result);
        }
        return 0;
    }

    /** What was asked, checked. */
    ViewersSettings settings() {
        check(viewers >= 1 && viewers <= 1000, "--viewers", viewers, "1 to 1000");
        check(collections >= 1, "--collections", collections, "at least 1");
        check(moving >= 0 && moving <= collections, "--moving", moving, "0 to --collections");
        check(seconds > 0, "--seconds", seconds, "above 0");
        check(rounds >= 1, "--rounds", rounds, "at least 1");
        return new ViewersSettings(viewers, collections, moving, seconds, rounds);
    }
}
