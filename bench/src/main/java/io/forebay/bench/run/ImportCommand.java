package io.forebay.bench.run;

import static io.forebay.bench.run.CommonOptions.check;

import io.forebay.bench.imports.ImportBench;
import io.forebay.bench.imports.ImportPart;
import io.forebay.bench.imports.ImportSettings;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.client.dataset.Dataset;
import io.forebay.client.dataset.Datasets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench import}: files into collections by the import service. */
@Command(name = "import", mixinStandardHelpOptions = true, showDefaultValues = true, description = {
        "Files into collections by the import service: with the local model and with vectors in the file, memory by",
        "size, four at once, the same file again. Each in a process and a store of its own."})
public final class ImportCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(names = "--part", split = ",", paramLabel = "PART",
            description = "${COMPLETION-CANDIDATES}. Default: all")
    private List<ImportPart> parts = List.of(ImportPart.values());

    @Option(names = "--records", paramLabel = "N",
            description = "First documents of the dataset for peps. Default: all")
    private long records = Long.MAX_VALUE;

    @Option(names = "--sample", paramLabel = "N",
            description = "Documents of again, and of each collection of parallel.")
    private int sample = 2_000;

    @Option(names = "--sizes", split = ",", paramLabel = "MB,...", description = "Files of size.")
    private List<Integer> sizes = List.of(1, 100, 1024, 5120);

    @Option(names = "--document-bytes", paramLabel = "N", description = "Of one document of these files.")
    private int documentBytes = 16 << 10;

    @Option(names = "--no-stream", paramLabel = "MB",
            description = "Files up to this size also as a whole in memory. 0: none.")
    private int noStream = 1024;

    @Option(names = "--heap-mb", paramLabel = "MB", description = "Of the processes of size.")
    private int heap = 512;

    @Option(names = "--texts-per-call", paramLabel = "N", description = "Of the slow service.")
    private int textsPerCall = 10;

    @Option(names = "--call-millis", paramLabel = "N", description = "Until it answers.")
    private long callMillis = 50;

    @Option(names = "--rounds", paramLabel = "N", description = "Repetitions.")
    private int rounds = 1;

    @Override
    public Integer call() throws Exception {
        check(records >= 1, "--records", records, "at least 1");
        check(sample >= 1, "--sample", sample, "at least 1");
        check(sizes.stream().allMatch(mb -> mb >= 1), "--sizes", sizes, "at least 1");
        check(documentBytes >= 100, "--document-bytes", documentBytes, "at least 100");
        check(heap >= 64, "--heap-mb", heap, "at least 64");
        check(textsPerCall >= 1, "--texts-per-call", textsPerCall, "at least 1");
        check(callMillis >= 0, "--call-millis", callMillis, "at least 0");
        check(rounds >= 1, "--rounds", rounds, "at least 1");
        BenchData data = common.data(Long.MAX_VALUE);
        try (Workspace workspace = common.workspace()) {
            BenchResult result = common.result("import", workspace, data);
            ImportSettings settings = new ImportSettings(parts, records, sample, sizes, documentBytes,
                    noStream,
                    heap, textsPerCall, callMillis, rounds);
            new ImportBench(settings, dataset(), workspace, common::say).measure(result);
            common.finish(result);
        }
        return 0;
    }

    private Dataset dataset() throws Exception {
        @Nullable
        String folder = common.datasetName();
        return folder == null ? Datasets.find(common.root()) : Datasets.open(Path.of(folder));
    }
}
