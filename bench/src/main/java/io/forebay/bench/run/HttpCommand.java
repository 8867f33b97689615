package io.forebay.bench.run;

import static io.forebay.bench.run.CommonOptions.check;

import io.forebay.bench.http.HttpBench;
import io.forebay.bench.http.HttpPart;
import io.forebay.bench.http.HttpSettings;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench http}: codecs per core, queries by connections beside Chroma's server, sizes of batches. */
@Command(name = "http", mixinStandardHelpOptions = true, showDefaultValues = true, description = {
        "JSON over HTTP: codecs per core, queries beside Chroma's own server, sizes of batches.",
        "Parts: decode, encode, query, add (takes minutes; only when named)."})
public final class HttpCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(names = "--part", split = ",", paramLabel = "PART",
            description = "Parts to measure. Default: decode,encode,query")
    private Set<HttpPart> parts = new TreeSet<>();

    @Mixin
    private RoundsOption rounds = new RoundsOption(3);

    @Option(names = "--codec-millis", paramLabel = "N",
            description = "CPU time of one measurement of a codec, at least.")
    private int codecMillis = 1000;

    @Option(names = "--records", paramLabel = "N", description = "First records of the dataset. Default: all")
    private long records = Long.MAX_VALUE;

    @Option(names = "--queries", paramLabel = "N", description = "Queries of the dataset, at most.")
    private int queries = 1000;

    @Option(names = "--clients", paramLabel = "N", description = "Connections of the second rate.")
    private int clients = 20;

    @Option(names = "--seconds", paramLabel = "S", description = "Of one rate.")
    private double seconds = 5;

    @Option(names = "--k", paramLabel = "N", description = "Results of one query.")
    private int k = 10;

    @Option(names = "--ef", paramLabel = "N", description = "Width of the search, on every server.")
    private int ef = 100;

    @Option(names = "--batches", split = ",", paramLabel = "N", description = "Sizes of batches of part add.")
    private List<Integer> batches = List.of(100, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000);

    @Option(names = "--add-records", paramLabel = "N", description = "Records of one load of part add.")
    private int addRecords = 80_000;

    @Mixin
    private ChromaOption chroma = new ChromaOption();

    @Override
    public Integer call() throws Exception {
        HttpSettings settings = settings();
        BenchData data = common.data(records);
        try (Workspace workspace = common.workspace()) {
            BenchResult result = common.result("http", workspace, data)
                    .parameter("parts", settings.parts().stream().map(HttpPart::toString).toList())
                    .parameter("records", data.size()).parameter("rounds", rounds.count())
                    .parameter("codecMillis", codecMillis).parameter("queries", queries)
                    .parameter("clients", clients).parameter("seconds", seconds).parameter("k", k)
                    .parameter("efSearch", ef).parameter("batches", batches)
                    .parameter("addRecords", addRecords);
            new HttpBench(settings, workspace, data, result, common::say).measure();
            common.finish(result);
        }
        return 0;
    }

    /** What was asked, checked. */
    HttpSettings settings() {
        check(codecMillis >= 1, "--codec-millis", codecMillis, "at least 1");
        check(records >= 1000, "--records", records, "at least 1000");
        check(queries >= 1, "--queries", queries, "at least 1");
        check(clients >= 2 && clients <= 1000, "--clients", clients, "2 to 1000");
        check(seconds > 0, "--seconds", seconds, "more than 0");
        check(k >= 1 && k <= 100, "--k", k, "1 to 100, as many as the dataset has answers");
        check(ef >= 1, "--ef", ef, "at least 1");
        check(batches.stream().allMatch(size -> size >= 1), "--batches", batches, "at least 1 each");
        check(addRecords >= 1, "--add-records", addRecords, "at least 1");
        return new HttpSettings(
                parts.isEmpty()
                        ? Set.of(HttpPart.DECODE, HttpPart.ENCODE, HttpPart.QUERY)
                        : Set.copyOf(parts),
                rounds.count(), rounds.warmUp(), codecMillis, queries, clients, seconds, k, ef,
                List.copyOf(batches),
                addRecords, chroma.how());
    }
}
