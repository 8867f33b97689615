package io.forebay.bench.run;

import io.forebay.bench.data.Synthetic;
import io.forebay.bench.data.VectorFiles;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.GitCommit;
import io.forebay.bench.report.Machine;
import io.forebay.model.Space;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every benchmark is told: which data, where to keep stores while it runs, where to put the result. */
final class CommonOptions {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--dataset", paramLabel = "DATASET", description = {
            "real (the default: ../shared/data, or sample), a folder like it, a file (.hdf5 of ann-benchmarks,",
            ".fvecs, .bvecs, .fbin, .u8bin, .i8bin, .npy), or synthetic:intrinsic=12,dimension=128,..."})
    private String dataset = "real";

    @Option(names = "--dataset-queries", paramLabel = "FILE",
            description = "Of a file. Default: the one whose name has query for base, else its last records")
    private @Nullable Path queries;

    @Option(names = "--dataset-answers", paramLabel = "FILE",
            description = "Of a file. Default: the one whose name has groundtruth for base, else computed")
    private @Nullable Path answers;

    @Option(names = "--dataset-space", paramLabel = "SPACE",
            description = "Of a file that does not say: l2 (the default), cosine or ip")
    private @Nullable Space space;

    @Option(names = "--dir", paramLabel = "DIR", description = "For the stores. Default: bench/target/stores")
    private @Nullable Path directory;

    @Option(names = "--results", paramLabel = "DIR", description = "For the result. Default: bench/results")
    private @Nullable Path results;

    /** The repository: as the launcher says, else the working directory. */
    Path root() {
        return Path.of(System.getProperty("forebay.root", "")).toAbsolutePath();
    }

    BenchData data(long recordsMax) throws IOException {
        if (dataset.startsWith(Synthetic.PREFIX)) {
            return BenchData.of(Synthetic.parse(dataset).make(recordsMax));
        }
        if (dataset.equals("real")) {
            return BenchData.load(root(), null, recordsMax);
        }
        Path path = Path.of(dataset);
        if (!Files.isRegularFile(path)) {
            return BenchData.load(root(), path, recordsMax);
        }
        return BenchData.of(VectorFiles.read(path, new VectorFiles.Beside(queries, answers, space),
                recordsMax));
    }

    Workspace workspace() throws IOException {
        return Workspace.in(directory == null ? root().resolve("bench/target/stores") : directory);
    }

    /** The folder of the data, for another process; null for the one that is found. */
    @Nullable
    String datasetName() {
        if (dataset == null || dataset.equals("real")) {
            return null;
        }
        if (!Files.isDirectory(Path.of(dataset))) {
            throw new BenchException("--dataset is " + dataset + ", must be a folder here");
        }
        return Path.of(dataset).toAbsolutePath().toString();
    }

    BenchResult result(String benchmark, Workspace workspace, BenchData data) throws IOException {
        Machine machine = Machine.here(workspace.directory());
        BenchResult result = new BenchResult(benchmark, machine, GitCommit.of(root()), data.description());
        if (machine.isMemoryFileSystem()) {
            result.note("stores were kept in memory (" + machine.fileSystem()
                    + "): syncs cost nothing there; use --dir on a disk");
        }
        return result;
    }

    void finish(BenchResult result) throws IOException {
        result.print(out());
        out().println(
                "result:  " + result.write(results == null ? root().resolve("bench/results") : results));
        out().flush();
    }

    /** A line of progress. */
    void say(String line) {
        out().println(line);
        out().flush();
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    static void check(boolean holds, String option, Object value, String range) {
        if (!holds) {
            throw new BenchException(option + " is " + value + ", must be " + range);
        }
    }
}
