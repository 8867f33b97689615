package io.forebay.bench.peers;

import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.Summary;
import io.forebay.bench.report.Table;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What came of the runs: of each peer by itself, and Forebay's over each peer's, formed in each round. */
final class PeerFigures {
    /** What issue 7 wants beside Chroma's server. */
    private static final double ACKED_OVER_CHROMA = 10;
    private static final double SEARCHABLE_OVER_CHROMA = 1 / 3.0;
    private static final double P50_OVER_CHROMA = 0.5;
    private static final double MEMORY_OVER_CHROMA = 0.5;

    private final Map<PeerKind, List<PeerRun>> runs;
    private final int clients;

    PeerFigures(Map<PeerKind, List<PeerRun>> runs, int clients) {
        this.runs = runs;
        this.clients = clients;
    }

    /** Medians, one line for each peer. */
    String table() {
        Table table = new Table("peer", "acked/s", "searchable s", "width", "recall", "1 client q/s",
                "p50 ms",
                "p99 ms",
                clients + " clients q/s", "p50 ms", "p99 ms", "resident MB", "private MB", "disk MB");
        runs.forEach((kind, of) -> table.row(kind.toString(), median(of, PeerRun::acked),
                median(of, PeerRun::searchableSeconds), (int) median(of, PeerRun::searchWidth),
                median(of, PeerRun::recall), median(of, run -> run.one().perSecond()),
                median(of, run -> run.one().p50Millis()), median(of, run -> run.one().p99Millis()),
                median(of, run -> run.many().perSecond()), median(of, run -> run.many().p50Millis()),
                median(of, run -> run.many().p99Millis()), median(of, PeerFigures::resident),
                median(of, run -> run.memory().privateBytes() / 1e6),
                median(of, run -> run.diskBytes() / 1e6)));
        return "\n" + table;
    }

    private static double median(List<PeerRun> of, ToDoubleFunction<PeerRun> value) {
        return Summary.of(of, value).median();
    }

    private static double resident(PeerRun run) {
        return run.memory().residentBytes() / 1e6;
    }

    void addTo(BenchResult result) {
        runs.forEach((kind, of) -> addOne(result, kind, of));
        for (PeerKind ours : runs.keySet()) {
            for (PeerKind peer : runs.keySet()) {
                if (ours.isOurs() && !peer.isOurs() && ours.isInProcess() == peer.isInProcess()) {
                    addRatios(result, ours, peer);
                }
            }
        }
    }

    private void addOne(BenchResult result, PeerKind kind, List<PeerRun> of) {
        String name = kind.toString();
        result.figure(figure("acked_" + name, "first call to last ack", "records/s", of, PeerRun::acked));
        result.figure(figure("ack_p99_" + name, "of one batch", "ms", of, PeerRun::ackP99Millis));
        result.figure(figure("searchable_" + name, "first call until all is searchable and indexed", "s", of,
                PeerRun::searchableSeconds));
        result.figure(
                figure("recall_" + name, "share of the exact answers found", "share", of, PeerRun::recall));
        result.figure(figure("width_" + name, "least width that reaches the recall", "", of,
                PeerRun::searchWidth));
        addQueries(result, "1_" + name, "one client", of, PeerRun::one);
        addQueries(result, "n_" + name, clients + " clients", of, PeerRun::many);
        result.figure(figure("resident_" + name, "memory after the load", "MB", of,
                PeerFigures::resident));
        result.figure(figure("private_" + name, "of it without files behind", "MB", of,
                run -> run.memory().privateBytes() / 1e6));
        result.figure(figure("disk_" + name, "after the load", "MB", of, run -> run.diskBytes() / 1e6));
        result.figure(
                figure("others_" + name, "share of all cores that others used during the load", "share", of,
                        PeerRun::loadOthers));
    }

    private static void addQueries(BenchResult result, String name, String formed, List<PeerRun> of,
            java.util.function.Function<PeerRun, PeerRun.Queries> which) {
        result.figure(
                figure("queries_" + name, formed, "queries/s", of, run -> which.apply(run).perSecond()));
        result.figure(figure("query_p50_" + name, formed, "ms", of, run -> which.apply(run).p50Millis()));
        result.figure(figure("query_p99_" + name, formed, "ms", of, run -> which.apply(run).p99Millis()));
    }

    private static Figure figure(String name, String formed, String unit, List<PeerRun> of,
            ToDoubleFunction<PeerRun> value) {
        return Figure.of(name, formed, unit, Summary.of(of, value));
    }

    /** Of the rounds that both were measured in. */
    private void addRatios(BenchResult result, PeerKind ours, PeerKind peer) {
        List<PeerRun> theirs = runs.getOrDefault(peer, List.of());
        List<PeerRun> own = runs.getOrDefault(ours, List.of()).stream()
                .filter(run -> theirs.stream().anyMatch(other -> other.round() == run.round())).toList();
        Ratios ratios = new Ratios(result, ours + "_over_" + peer, own, theirs);
        boolean wanted = ours == PeerKind.FOREBAY_HTTP && peer == PeerKind.CHROMA;
        Figure acked = ratios.of("acked", PeerRun::acked);
        result.figure(wanted ? acked.wanting(ACKED_OVER_CHROMA) : acked);
        ratios.add("searchable", PeerRun::searchableSeconds, wanted, SEARCHABLE_OVER_CHROMA);
        ratios.add("query_p50_1", run -> run.one().p50Millis(), wanted, P50_OVER_CHROMA);
        ratios.add("query_p50_n", run -> run.many().p50Millis(), wanted, P50_OVER_CHROMA);
        ratios.add("queries_n", run -> run.many().perSecond(), false, 0);
        ratios.add("resident", PeerFigures::resident, wanted, MEMORY_OVER_CHROMA);
        ratios.add("private", run -> run.memory().privateBytes(), false, 0);
        ratios.add("disk", PeerRun::diskBytes, false, 0);
    }

    private record Ratios(BenchResult result, String name, List<PeerRun> ours, List<PeerRun> theirs) {
        Figure of(String what, ToDoubleFunction<PeerRun> value) {
            return Figure.of(what + "_" + name, "Forebay's over the peer's, of each round", "x",
                    Summary.ofRatios(ours, theirs, value));
        }

        void add(String what, ToDoubleFunction<PeerRun> value, boolean wanted, double most) {
            Figure figure = of(what, value);
            result.figure(wanted ? figure.wantingAtMost(most) : figure);
        }
    }
}
