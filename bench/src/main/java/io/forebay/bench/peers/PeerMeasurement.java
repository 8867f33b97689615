package io.forebay.bench.peers;

import io.forebay.bench.load.AckLog;
import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.QueryLoad;
import io.forebay.bench.report.CpuMeter;
import io.forebay.bench.report.Latencies;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is done to every peer, the same to each: a load in small that does not count, then the load, the wait until all is
 * searchable and in the index, memory and disk, the search tuned to the recall, and queries at that width.
 */
final class PeerMeasurement {
    private static final long MADE_AHEAD_BYTES_MAX = 1L << 30;
    private static final double WARM_UP_SECONDS = 0.5;

    private final PeerSettings settings;
    private final BenchData data;
    private final List<float[]> queries;
    private final List<List<String>> exact;

    PeerMeasurement(PeerSettings settings, BenchData data) throws IOException {
        this.settings = settings;
        this.data = data;
        List<float[]> all = data.dataset().queryEmbeddings();
        int count = Math.min(settings.queries(), all.size());
        queries = all.subList(0, count);
        exact = data.exactAnswers(settings.results()).subList(0, count);
    }

    PeerRun run(PeerKind kind, Peer peer, int round) throws Exception {
        QueryLoad asking = new QueryLoad(peer, queries, exact);
        warmUp(peer, asking);
        @Nullable
        Memory before = kind.isInProcess() ? collected(peer) : null;
        peer.use("bench");
        Load load = load(peer, round);
        checkCount(peer);
        peer.settle();
        Memory memory = before == null ? memory(peer) : collected(peer).since(before);
        double disk = disk(peer);
        SearchWidth width = SearchWidth.tune(peer.widths(SearchWidth.CANDIDATES), settings.recall(),
                candidate -> {
                    peer.searchWidth(candidate);
                    return asking.recall();
                });
        peer.searchWidth(width.width());
        asking.rate(settings.clients(), Math.min(WARM_UP_SECONDS, settings.seconds()));
        PeerRun.Queries one = PeerRun.Queries.of(asking.rate(1, settings.seconds()));
        PeerRun.Queries many = PeerRun.Queries.of(asking.rate(settings.clients(), settings.seconds()));
        Latencies acks = load.acks.latencies();
        return new PeerRun(kind.toString(), round, peer.about(), load.acks.records(),
                load.acks.recordsPerSecond(),
                acks.p50Millis(), acks.p99Millis(), load.searchableSeconds, width.width(), width.recall(),
                one, many,
                memory, disk, load.others);
    }

    private record Load(AckLog acks, double searchableSeconds, double others) {}

    private void warmUp(Peer peer, QueryLoad asking) throws Exception {
        if (settings.warmUp() > 0) {
            peer.use("warmup");
            PeerLoad.run(peer, source(settings.warmUp()), settings.clients());
            peer.complete();
            asking.rate(settings.clients(), Math.min(WARM_UP_SECONDS, settings.seconds()));
            peer.drop();
            peer.settle();
        }
    }

    private Load load(Peer peer, int round) throws Exception {
        BatchSource batches = source(data.size()).makeAhead(MADE_AHEAD_BYTES_MAX);
        CpuMeter cpu = CpuMeter.start(peer.process());
        long start = System.nanoTime();
        AckLog acks = PeerLoad.run(peer, batches, settings.clients());
        peer.complete();
        double seconds = (System.nanoTime() - start) / 1e9;
        ProcessHandle process = peer.process();
        // What children used is not told apart from others.
        boolean alone = process != null && process.children().findAny().isEmpty();
        return new Load(acks, seconds, alone ? cpu.stop().othersShare() : Double.NaN);
    }

    /** A rate of records that are not there would be worth nothing. */
    private void checkCount(Peer peer) throws Exception {
        long count = peer.count();
        if (count != data.size()) {
            throw new IOException(data.size() + " records were acknowledged, " + count + " are there");
        }
    }

    private static Memory memory(Peer peer) {
        ProcessHandle process = peer.process();
        return process == null ? Memory.UNKNOWN : Memory.of(process);
    }

    private static Memory collected(Peer peer) throws Exception {
        peer.collectGarbage();
        return memory(peer);
    }

    private static double disk(Peer peer) throws IOException, InterruptedException {
        @Nullable
        Path files = peer.files();
        return files == null ? Double.NaN : DiskUse.bytes(files);
    }

    private BatchSource source(long records) {
        return new BatchSource(data, settings.payload(), settings.batchRecords(), records);
    }
}
