package io.forebay.bench.run;

import static io.forebay.bench.run.CommonOptions.check;

import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Payload;
import io.forebay.bench.load.QueryLoad;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.query.CurveBench;
import io.forebay.bench.query.CurveSettings;
import io.forebay.bench.report.BenchResult;
import io.forebay.model.Space;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench query}: how well and how fast queries are answered, in process and over HTTP. */
@Command(name = "query", mixinStandardHelpOptions = true, showDefaultValues = true, description = {
        "Recall and queries/s: behind and drained, in process and over HTTP.",
        "Loads the dataset and asks its own queries: while linking is behind, and when all is linked.",
        "With --curve: at several widths, open and closed loops, and while records come in."})
public final class QueryCommand implements Callable<Integer> {
    private static final int WARMUP_RECORDS = 4_000;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(names = "--records", paramLabel = "N", description = "First records of the dataset. Default: all")
    private long records = Long.MAX_VALUE;

    @Option(names = "--queries", paramLabel = "N", description = "First queries of the dataset. Default: all")
    private int queries = Integer.MAX_VALUE;

    @Option(names = "--clients", paramLabel = "N", description = "Concurrent clients of the second rate.")
    private int clients = 8;

    @Option(names = "--k", paramLabel = "N", description = "Results of one query.")
    private int k = 10;

    @Option(names = "--ef", paramLabel = "N,...", split = ",",
            description = "Width of the search; 0 for the default of 100. With --curve 20,40,80,100,160,320")
    private @Nullable List<Integer> efs;

    @Mixin
    private QueryCurveOptions curve = new QueryCurveOptions();

    @Option(names = "--seconds", paramLabel = "S", description = "Of one rate.")
    private double seconds = 5;

    @Option(names = "--rounds", paramLabel = "N", description = "Repetitions.")
    private int rounds = 3;

    @Option(names = "--no-http", description = "In process only")
    private boolean noHttp;

    @Override
    public Integer call() throws Exception {
        validate();
        BenchData data = common.data(records);
        if (curve.isAsked()) {
            measureCurve(data);
            return 0;
        }
        int ef = efs().getFirst();
        List<float[]> all = data.dataset().queryEmbeddings();
        List<List<String>> exact = data.exactAnswers(k);
        int count = Math.min(queries, all.size());
        try (Workspace workspace = common.workspace()) {
            BenchResult result = common.result("query", workspace, data)
                    .parameter("records", data.size()).parameter("queries", count).parameter("k", k)
                    .parameter("efSearch", ef).parameter("clients", clients).parameter("seconds", seconds)
                    .parameter("rounds", rounds);
            List<QueryTarget> targets = new ArrayList<>();
            try {
                open(targets, workspace, data.dataset().space(), ef);
                QueryComparison comparison = new QueryComparison(clients, seconds, common::say);
                for (QueryTarget target : targets) {
                    QueryLoad load = new QueryLoad(target, all.subList(0, count), exact.subList(0, count));
                    comparison.warmUp(target, load, source(data, Math.min(WARMUP_RECORDS, data.size())));
                    comparison.load(target, load, source(data, data.size()));
                }
                comparison.measure(rounds, result);
            } finally {
                targets.forEach(QueryTarget::close);
            }
            common.finish(result);
        }
        return 0;
    }

    private List<Integer> efs() {
        return efs != null ? efs : curve.isAsked() ? List.of(20, 40, 80, 100, 160, 320) : List.of(0);
    }

    private void measureCurve(BenchData data) throws Exception {
        CurveSettings settings = curve.settings(efs(), k, clients, seconds, rounds, queries);
        try (Workspace workspace = common.workspace()) {
            BenchResult result = common.result("query-curve", workspace, data);
            new CurveBench(settings, data, common::say).measure(workspace, result);
            common.finish(result);
        }
    }

    private void open(List<QueryTarget> targets, Workspace workspace, Space space, int ef) throws Exception {
        targets.add(EngineTarget.open(workspace.newDirectory("engine"), space, ef));
        if (!noHttp) {
            targets.add(HttpTarget.start(workspace.newDirectory("server"), space, ef));
        }
    }

    private static BatchSource source(BenchData data, int count) {
        return new BatchSource(data, Payload.RECORDS, 1000, count);
    }

    private void validate() {
        check(records >= 1, "--records", records, "at least 1");
        check(queries >= 1, "--queries", queries, "at least 1");
        check(clients >= 2 && clients <= 1000, "--clients", clients, "2 to 1000");
        check(k >= 1 && k <= 100, "--k", k, "1 to 100, as many as the dataset has answers");
        if (curve.isAsked()) {
            check(efs().stream().sorted().distinct().toList().equals(efs()) && efs().getFirst() >= 1, "--ef",
                    efs(), "ascending, from 1 on");
        } else {
            check(efs().size() == 1 && efs().getFirst() >= 0, "--ef", efs(),
                    "one number of at least 0 without --curve");
        }
        curve.validate();
        check(seconds > 0, "--seconds", seconds, "more than 0");
        check(rounds >= 1, "--rounds", rounds, "at least 1");
    }
}
