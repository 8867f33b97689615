package io.forebay.bench.run;

import static io.forebay.bench.run.CommonOptions.check;

import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.report.BenchResult;
import io.forebay.bench.wal.LogKind;
import io.forebay.bench.wal.Part;
import io.forebay.bench.wal.WalBench;
import io.forebay.bench.wal.WalSettings;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench wal}: the log against the raw limit and against its peers. */
@Command(name = "wal", mixinStandardHelpOptions = true, showDefaultValues = true, description = {
        "The log against the raw limit of this disk and against the logs of SQLite and RocksDB.",
        "Parts: os, sync, small, peers, read, recovery."})
public final class WalCommand implements Callable<Integer> {
    /** What vectors are needed, repeated as often as it takes. */
    private static final int RECORDS_LOADED = 4000;
    private static final long MB = 1 << 20;
    /** Bytes that a batch of 8 KB takes in a log, at most. */
    private static final int SMALL_BYTES = 8192 + 512;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(names = "--part", split = ",", paramLabel = "PART",
            description = "Parts to measure. Default: all")
    private Set<Part> parts = new TreeSet<>();

    @Option(names = "--implementation", split = ",", paramLabel = "NAME",
            description = "Implementations of the log. Default: all")
    private Set<LogKind> implementations = new TreeSet<>();

    @Mixin
    private RoundsOption rounds = new RoundsOption(5);

    @Option(names = "--extent-mb", paramLabel = "N",
            description = "Size of an extent; a burst and a synced run take 11/16 of it.")
    private int extentMb = 256;

    @Option(names = "--sustained-mb", paramLabel = "N", description = "Payload of one run of os sustained.")
    private int sustainedMb = 2048;

    @Option(names = "--read-mb", paramLabel = "N",
            description = "Payload of the log that is read and recovered.")
    private int readMb = 1024;

    @Option(names = "--small-batches", paramLabel = "N", description = "Batches of 8 KB of one run.")
    private int smallBatches = 8000;

    @Override
    public Integer call() throws Exception {
        WalSettings settings = settings();
        BenchData data = common.data(RECORDS_LOADED);
        try (Workspace workspace = common.workspace()) {
            BenchResult result = common.result("wal", workspace, data)
                    .parameter("parts", settings.parts().stream().map(Part::toString).toList())
                    .parameter("implementations", settings.logs().stream().map(LogKind::toString).toList())
                    .parameter("rounds", rounds.count()).parameter("extentMb", extentMb)
                    .parameter("sustainedMb", sustainedMb).parameter("readMb", readMb)
                    .parameter("smallBatches", smallBatches);
            new WalBench(settings, workspace, data, result, common::say).measure();
            result.note(
                    "every rate is of payload; ours has header, CRC32C and the log's order in it, raw has not");
            common.finish(result);
        }
        return 0;
    }

    /** What was asked, checked. */
    WalSettings settings() {
        // A batch of 3 MB is one frame from here on, and an extent's frames and pages leave room for a burst.
        check(extentMb >= 32 && extentMb <= 1024, "--extent-mb", extentMb, "from 32 to 1024");
        check(sustainedMb >= 1, "--sustained-mb", sustainedMb, "at least 1");
        check(readMb >= 1, "--read-mb", readMb, "at least 1");
        long smallMax = extentMb * MB / 16 * 11 / SMALL_BYTES;
        check(smallBatches >= 64 && smallBatches <= smallMax, "--small-batches", smallBatches,
                "from 64 to " + smallMax + " (what fits into an extent of " + extentMb + " MB)");
        return new WalSettings(parts.isEmpty() ? Set.of(Part.values()) : Set.copyOf(parts),
                List.copyOf(implementations.isEmpty() ? Set.of(LogKind.values()) : implementations).stream()
                        .sorted().toList(),
                rounds.count(), rounds.warmUp(), extentMb * MB, sustainedMb * MB, smallBatches, readMb * MB);
    }
}
