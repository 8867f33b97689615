package io.forebay.bench.run;

import static io.forebay.bench.run.CommonOptions.check;

import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Payload;
import io.forebay.bench.load.Workspace;
import io.forebay.bench.peers.PeerKind;
import io.forebay.bench.peers.PeerSettings;
import io.forebay.bench.peers.PeersBench;
import io.forebay.bench.report.BenchResult;
import io.forebay.model.Durability;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench peers}: Forebay beside Chroma's server, pgvector, Lucene and hnswlib-core with the same data. */
@Command(name = "peers", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = "Forebay beside Chroma's server, pgvector, Lucene and hnswlib-core: same data, clients and recall.")
public final class PeersCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(names = "--peers", split = ",", paramLabel = "PEER",
            description = "Whom to measure: ${COMPLETION-CANDIDATES}. Default: all")
    private List<PeerKind> peers = new ArrayList<>();

    @Option(names = "--rounds", paramLabel = "N",
            description = "Repetitions; all peers take some minutes each time.")
    private int rounds = 1;

    @Option(names = "--records", paramLabel = "N", description = "First records of the dataset. Default: all")
    private long records = Long.MAX_VALUE;

    @Option(names = "--clients", paramLabel = "N", description = "Clients that load, and that ask.")
    private int clients = 20;

    @Option(names = "--batch", paramLabel = "N", description = "Records of one batch.")
    private int batch = 1000;

    @Option(names = "--payload", paramLabel = "WHAT",
            description = "records (documents and metadata, too) or vectors.")
    private Payload payload = Payload.RECORDS;

    @Option(names = "--warmup", paramLabel = "N", description = "Records loaded before, which do not count.")
    private long warmUp = 10_000;

    @Option(names = "--queries", paramLabel = "N", description = "Queries of the dataset, at most.")
    private int queries = 1000;

    @Option(names = "--k", paramLabel = "N", description = "Results of one query.")
    private int k = 10;

    @Option(names = "--recall", paramLabel = "SHARE", description = "To which each peer's search is tuned.")
    private double recall = 0.95;

    @Option(names = "--seconds", paramLabel = "S", description = "Of one rate of queries.")
    private double seconds = 3;

    @Option(names = "--durability", paramLabel = "WHEN", description = "Of Forebay's server: sync, os.")
    private Durability durability = Durability.SYNC;

    @Option(names = "--forebay-heap", paramLabel = "SIZE",
            description = "Heap of Forebay's server, such as 512m. Default: as the launcher sets it")
    private @Nullable String forebayHeap;

    @Mixin
    private ChromaOption chroma = new ChromaOption();

    @Option(names = "--chroma-url", paramLabel = "URL",
            description = "A Chroma server that runs already; its memory and disk are out of sight.")
    private @Nullable URI chromaUrl;

    @Option(names = "--postgres", paramLabel = "DIR",
            description = "Folder of PostgreSQL's programs. Default: the newest in /usr/lib/postgresql")
    private @Nullable Path postgres;

    @Option(names = "--side", hidden = true, description = "The library that this process measures.")
    private @Nullable PeerKind side;

    @Option(names = "--side-round", hidden = true)
    private int sideRound;

    @Option(names = "--side-directory", hidden = true)
    private @Nullable Path sideDirectory;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PeerSettings settings = settings();
        BenchData data = common.data(records);
        PeerKind one = side;
        Path directory = sideDirectory;
        if (one != null && directory != null) {
            PeersBench.side(settings, one, sideRound, directory, data);
            return 0;
        }
        try (Workspace workspace = common.workspace()) {
            BenchResult result = common.result("peers", workspace, data)
                    .parameter("peers", settings.peers().stream().map(PeerKind::toString).toList())
                    .parameter("rounds", rounds).parameter("records", data.size())
                    .parameter("clients", clients).parameter("batchRecords", batch)
                    .parameter("payload", payload).parameter("warmUp", warmUp).parameter("queries", queries)
                    .parameter("k", k).parameter("recall", recall).parameter("seconds", seconds)
                    .parameter("durability", settings.durability());
            new PeersBench(settings, arguments(), workspace, data, result, common::say).measure();
            common.finish(result);
        }
        return 0;
    }

    /** As this process was called, or would have been. */
    private List<String> arguments() {
        return spec.root().commandLine().getParseResult().originalArgs();
    }

    /** What was asked, checked. */
    PeerSettings settings() {
        check(rounds >= 1, "--rounds", rounds, "at least 1");
        check(records >= 1, "--records", records, "at least 1");
        check(clients >= 2 && clients <= 90, "--clients", clients, "2 to 90, which PostgreSQL takes");
        check(batch >= 1, "--batch", batch, "at least 1");
        check(warmUp >= 0, "--warmup", warmUp, "at least 0");
        check(queries >= 1, "--queries", queries, "at least 1");
        check(k >= 1 && k <= 100, "--k", k, "1 to 100, as many as the dataset has answers");
        check(recall > 0 && recall <= 1, "--recall", recall, "above 0, at most 1");
        check(seconds > 0, "--seconds", seconds, "more than 0");
        return new PeerSettings(peers.isEmpty() ? List.of(PeerKind.values()) : peers, rounds,
                clients, batch, payload, warmUp, queries, k, recall, seconds, durability.wireName(),
                chroma.how(),
                chromaUrl == null ? null : chromaUrl.toString(),
                postgres == null ? null : postgres.toString(),
                forebayHeap);
    }
}
