package io.forebay.server.cli;

import io.forebay.client.dataset.Dataset;
import io.forebay.client.dataset.Datasets;
import io.forebay.client.dataset.SampleWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code forebay sample}: how the sample in the repository was made. */
@Command(name = "sample", hidden = true, description = {
        "Cuts a small dataset out of a large one: every k-th record and query, with exact"
                + " answers computed anew."})
final class SampleCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--from", required = true, paramLabel = "DIR",
            description = "Folder of the large dataset.")
    @SuppressWarnings("NullAway.Init")
    private Path from;

    @Option(names = "--to", required = true, paramLabel = "DIR", description = "Folder of the small one.")
    @SuppressWarnings("NullAway.Init")
    private Path to;

    @Option(names = "--every", defaultValue = "9", paramLabel = "K",
            description = "Which records. Default: every 9th.")
    private int everyRecord;

    @Option(names = "--every-query", defaultValue = "5", paramLabel = "Q",
            description = "Which queries. Default: every 5th.")
    private int everyQuery;

    @Override
    public Integer call() throws IOException {
        Dataset written = new SampleWriter(Datasets.open(from), to, everyRecord, everyQuery).write();
        spec.commandLine().getOut().println("wrote " + written.records() + " records of dimension "
                + written.dimension() + " to " + to);
        return 0;
    }
}
