package io.forebay.bench.run;

import io.forebay.bench.page.Report;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench report}: one page of what was measured. */
@Command(name = "report", mixinStandardHelpOptions = true, description = {
        "Draws a page of HTML from results: latencies, throughput and lag over time, recall and queries/s,",
        "and tables of all figures. The page needs no network."})
public final class ReportCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", arity = "0..*",
            description = "Results. Default: the newest of each kind in --results")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--results", paramLabel = "DIR", description = "Default: bench/results")
    private @Nullable Path results;

    @Option(names = "--out", paramLabel = "FILE", description = "Default: report.html in --results")
    private @Nullable Path page;

    @Override
    public Integer call() throws Exception {
        Path folder = results == null
                ? Path.of(System.getProperty("forebay.root", "")).toAbsolutePath().resolve("bench/results")
                : results;
        PrintWriter out = spec.commandLine().getOut();
        Path target = page == null ? folder.resolve("report.html") : page;
        Report report = files.isEmpty() ? Report.ofNewest(folder) : Report.of(files);
        report.passedOver().forEach(file -> out.println("passed over: " + file));
        if (report.isEmpty()) {
            throw new BenchException("there are no results in " + folder + ": run a benchmark first");
        }
        report.write(target);
        out.println("report:  " + target);
        out.flush();
        return 0;
    }
}
