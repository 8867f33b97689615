package io.forebay.bench.run;

import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.GitCommit;
import io.forebay.bench.report.Machine;
import java.io.IOException;
import java.io.PrintWriter;
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

    @Option(names = "--dataset", paramLabel = "DIR", description = "Default: ../shared/data or sample")
    private @Nullable Path dataset;

    @Option(names = "--dir", paramLabel = "DIR", description = "For the stores. Default: bench/target/stores")
    private @Nullable Path directory;

    @Option(names = "--results", paramLabel = "DIR", description = "For the result. Default: bench/results")
    private @Nullable Path results;

    /** The repository: as the launcher says, else the working directory. */
    Path root() {
        return Path.of(System.getProperty("forebay.root", "")).toAbsolutePath();
    }

    BenchData data(long recordsMax) throws IOException {
        return BenchData.load(root(), dataset, recordsMax);
    }

    Workspace workspace() throws IOException {
        return Workspace.in(directory == null ? root().resolve("bench/target/stores") : directory);
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
