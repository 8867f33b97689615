package io.forebay.bench.run;

import static io.forebay.bench.run.CommonOptions.check;

import io.forebay.bench.index.IndexBench;
import io.forebay.bench.index.IndexPart;
import io.forebay.bench.index.IndexSettings;
import io.forebay.bench.index.SetKind;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.index.vector.IndexEngine;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench index}: the vector segment against hnswlib-core as shipped and C++ hnswlib. */
@Command(name = "index", mixinStandardHelpOptions = true, showDefaultValues = true, description = {
        "The vector segment against hnswlib-core as shipped and, with --cpp, C++ hnswlib.",
        "Parts: build, search, filter, churn, restart, memory, kernels.",
        "Sets: real (of the dataset), low128, clustered768."})
public final class IndexCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(names = "--part", split = ",", paramLabel = "PART",
            description = "Parts to measure. Default: all")
    private Set<IndexPart> parts = new TreeSet<>();

    @Option(names = "--set", split = ",", paramLabel = "SET", description = "Sets. Default: all")
    private Set<SetKind> sets = new TreeSet<>();

    @Option(names = "--engine", description = "Engine of the segment: native or hnswlib.")
    private IndexEngine engine = IndexEngine.NATIVE;

    @Mixin
    private RoundsOption rounds = new RoundsOption(3);

    @Option(names = "--rows", paramLabel = "N", description = {"Vectors of each set.",
            "More than the dataset has: further passes over it, moved a little."})
    private int rows = 40_000;

    @Option(names = "--queries", paramLabel = "N", description = "Queries of each set, at most.")
    private int queries = 1000;

    @Option(names = "--slice", paramLabel = "N", description = "Vectors that one call of link takes.")
    private int slice = 256;

    @Option(names = "--search-millis", paramLabel = "N",
            description = "CPU time of one point of a sweep and of a kernel, at least.")
    private int searchMillis = 300;

    @Option(names = "--cpp", paramLabel = "DIR",
            description = "Folder with hnswlib/hnswlib.h. Default: without C++ hnswlib")
    private @Nullable Path cpp;

    @Override
    public Integer call() throws Exception {
        IndexSettings settings = settings();
        BenchData data = common.data(rows);
        try (Workspace workspace = common.workspace()) {
            BenchResult result = common.result("index", workspace, data)
                    .parameter("parts", settings.parts().stream().sorted().map(IndexPart::toString).toList())
                    .parameter("sets", settings.sets().stream().map(SetKind::toString).toList())
                    .parameter("engine", settings.engine()).parameter("rounds", rounds.count())
                    .parameter("rows", rows).parameter("queries", queries).parameter("slice", slice)
                    .parameter("searchMillis", searchMillis).parameter("cpp", cpp != null);
            new IndexBench(settings, common.root(), workspace, data, result, common::say).measure();
            common.finish(result);
        }
        return 0;
    }

    /** What was asked, checked. */
    IndexSettings settings() {
        check(rows >= 200, "--rows", rows, "at least 200");
        check(queries >= 1, "--queries", queries, "at least 1");
        check(slice >= 1, "--slice", slice, "at least 1");
        check(searchMillis >= 1, "--search-millis", searchMillis, "at least 1");
        return new IndexSettings(parts.isEmpty() ? Set.of(IndexPart.values()) : Set.copyOf(parts),
                List.copyOf(sets.isEmpty() ? Set.of(SetKind.values()) : sets).stream().sorted().toList(),
                engine, rounds.count(), rounds.warmUp(), rows, queries, slice, searchMillis / 1e3, cpp);
    }
}
