package io.forebay.bench.run;

import static io.forebay.bench.run.CommonOptions.check;

import io.forebay.bench.http.FilterBench;
import io.forebay.bench.http.FilterSettings;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench filter}: filters over HTTP beside the unfiltered query, and beside Chroma's server. */
@Command(name = "filter", mixinStandardHelpOptions = true, showDefaultValues = true, description = {
        "Queries, gets and counts with filters over the unfiltered query; words in documents.",
        "Beside Chroma's own server, where it starts."})
public final class FilterCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private RoundsOption rounds = new RoundsOption(3);

    @Option(names = "--records", paramLabel = "N", description = {"Records of the filtered collection.",
            "More than the dataset has: further passes over it, moved a little."})
    private int records = 100_000;

    @Option(names = "--requests", paramLabel = "N", description = "Of each kind in a round.")
    private int requests = 300;

    @Option(names = "--words", paramLabel = "N", description = "Words that documents are asked for.")
    private int words = 200;

    @Option(names = "--k", paramLabel = "N", description = "Results of one query, size of one page.")
    private int k = 10;

    @Option(names = "--ef", paramLabel = "N", description = "Width of the search, on every server.")
    private int ef = 100;

    @Mixin
    private ChromaOption chroma = new ChromaOption();

    @Override
    public Integer call() throws Exception {
        FilterSettings settings = settings();
        BenchData data = common.data(records);
        try (Workspace workspace = common.workspace()) {
            BenchResult result = common.result("filter", workspace, data).parameter("records", records)
                    .parameter("rounds", rounds.count()).parameter("requests", requests)
                    .parameter("words", words)
                    .parameter("k", k).parameter("efSearch", ef);
            new FilterBench(settings, workspace, data, result, common::say).measure();
            common.finish(result);
        }
        return 0;
    }

    /** What was asked, checked. */
    FilterSettings settings() {
        check(records >= 1000, "--records", records, "at least 1000");
        check(requests >= 1, "--requests", requests, "at least 1");
        check(words >= 1, "--words", words, "at least 1");
        check(k >= 1, "--k", k, "at least 1");
        check(ef >= 1, "--ef", ef, "at least 1");
        return new FilterSettings(rounds.count(), rounds.warmUp(), records, requests, words, k, ef,
                chroma.how());
    }
}
