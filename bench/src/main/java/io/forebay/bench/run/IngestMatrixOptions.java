package io.forebay.bench.run;

import static io.forebay.bench.run.CommonOptions.check;

import io.forebay.bench.ingest.IngestCase.Mode;
import io.forebay.bench.load.Schedule.Arrivals;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What only {@code bench ingest --matrix} takes. */
final class IngestMatrixOptions {
    @Option(names = "--matrix", description = "Every combination of the options that take lists")
    private boolean matrix;

    @Option(names = "--dimension", paramLabel = "N,...", split = ",",
            description = "Embeddings are cut or repeated. Default: that of the dataset")
    private @Nullable List<Integer> dimensions;

    @Option(names = "--mode", paramLabel = "M,...", split = ",", description = "on or off (batch_ingest)")
    private List<Mode> modes = List.of(Mode.ON);

    @Option(names = "--collections", paramLabel = "N,...", split = ",",
            description = "Collections that batches go to in turns")
    private List<Integer> collections = List.of(1);

    @Option(names = "--rate", paramLabel = "R",
            description = "Records/s of an open loop, over --clients connections. Default: a closed loop")
    private @Nullable Double rate;

    @Option(names = "--arrivals", description = "Of the open loop: constant or poisson")
    private Arrivals arrivals = Arrivals.CONSTANT;

    @Option(names = "--seconds", paramLabel = "S", description = "Of the open loop")
    private double seconds = 10;

    @Option(names = "--no-warm-up", description = "Without the loads that do not count, one per transport")
    private boolean noWarmUp;

    boolean isAsked() {
        return matrix;
    }

    List<Integer> dimensions(int usual) {
        return dimensions == null ? List.of(usual) : dimensions;
    }

    List<Mode> modes() {
        return modes;
    }

    List<Integer> collections() {
        return collections;
    }

    @Nullable
    Double rate() {
        return rate;
    }

    Arrivals arrivals() {
        return arrivals;
    }

    double seconds() {
        return seconds;
    }

    boolean warmClient() {
        return !noWarmUp;
    }

    void validate(boolean growth) {
        check(!matrix || !growth, "--matrix", true, "used without --growth");
        check(dimensions(1).stream().allMatch(n -> n >= 1 && n <= 65_536), "--dimension", dimensions(1),
                "1 to 65536");
        check(collections.stream().allMatch(n -> n >= 1 && n <= 1000), "--collections", collections,
                "1 to 1000");
        check(rate == null || rate > 0, "--rate", String.valueOf(rate), "more than 0");
        check(rate == null || matrix, "--rate", String.valueOf(rate), "used with --matrix");
        check(seconds > 0, "--seconds", seconds, "more than 0");
    }
}
