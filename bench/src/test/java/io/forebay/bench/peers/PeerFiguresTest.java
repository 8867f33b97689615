package io.forebay.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.GitCommit;
import io.forebay.bench.report.Machine;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PeerFiguresTest {
    private final Map<PeerKind, List<PeerRun>> runs = new EnumMap<>(PeerKind.class);

    private static PeerRun run(PeerKind kind, int round, double acked, double searchable, double p50,
            double resident) {
        PeerRun.Queries queries = new PeerRun.Queries(1, 1000 / p50, p50, 2 * p50);
        return new PeerRun(kind.toString(), round, "about", 100, acked, 1, 2, searchable, 40, 0.96, queries,
                queries,
                new Memory(resident, resident / 2), Double.NaN, 0);
    }

    private Map<String, Figure> figures() throws Exception {
        BenchResult result = new BenchResult("peers", Machine.here(Path.of(".")), GitCommit.of(Path.of(".")),
                null);
        new PeerFigures(runs, 20).addTo(result);
        Map<String, Figure> figures = new java.util.HashMap<>();
        result.figures().forEach(figure -> figures.put(figure.name(), figure));
        return figures;
    }

    @Test
    void whatTheIssueWantsIsHeldAgainstTheMedianOfTheRatiosOfEachRound() throws Exception {
        runs.put(PeerKind.FOREBAY_HTTP, List.of(run(PeerKind.FOREBAY_HTTP, 1, 30_000, 1, 0.3, 600e6),
                run(PeerKind.FOREBAY_HTTP, 2, 10_000, 3, 0.9, 600e6),
                run(PeerKind.FOREBAY_HTTP, 3, 40_000, 1, 0.3, 600e6)));
        runs.put(PeerKind.CHROMA, List.of(run(PeerKind.CHROMA, 1, 2000, 20, 1, 300e6),
                run(PeerKind.CHROMA, 2, 500, 60, 3, 300e6), run(PeerKind.CHROMA, 3, 4000, 10, 1, 300e6)));

        Map<String, Figure> figures = figures();

        Figure acked = figures.get("acked_forebay_http_over_chroma");
        assertThat(acked.value().median()).isEqualTo(15);
        assertThat(acked.value().max()).as("of the slow round").isEqualTo(20);
        assertThat(acked.atLeast()).isEqualTo(10);
        assertThat(acked.reached()).isTrue();
        Figure searchable = figures.get("searchable_forebay_http_over_chroma");
        assertThat(searchable.value().median()).isEqualTo(0.05);
        assertThat(searchable.reached()).isTrue();
        assertThat(figures.get("query_p50_1_forebay_http_over_chroma").reached()).isTrue();
        Figure resident = figures.get("resident_forebay_http_over_chroma");
        assertThat(resident.value().median()).as("a loss").isEqualTo(2);
        assertThat(resident.reached()).isFalse();
    }

    @Test
    void aPeerThatWasLeftOutLaterIsComparedInItsOwnRounds() throws Exception {
        runs.put(PeerKind.FOREBAY_HTTP, List.of(run(PeerKind.FOREBAY_HTTP, 1, 30_000, 1, 0.3, 600e6),
                run(PeerKind.FOREBAY_HTTP, 2, 99_999, 3, 0.9, 600e6)));
        runs.put(PeerKind.CHROMA, List.of(run(PeerKind.CHROMA, 1, 2000, 20, 1, 300e6)));

        assertThat(figures().get("acked_forebay_http_over_chroma").value().count()).isEqualTo(1);
        assertThat(figures().get("acked_forebay_http_over_chroma").value().median()).isEqualTo(15);
    }

    @Test
    void serversAreHeldAgainstTheServerAndLibrariesAgainstTheLibrary() throws Exception {
        for (PeerKind kind : PeerKind.values()) {
            runs.put(kind, List.of(run(kind, 1, 1000, 1, 1, 100e6)));
        }

        assertThat(figures())
                .containsKeys("acked_forebay_http_over_pgvector", "acked_forebay_embedded_over_lucene",
                        "disk_forebay_embedded_over_hnswlib_core")
                .doesNotContainKeys("acked_forebay_http_over_lucene",
                        "acked_forebay_embedded_over_chroma", "acked_forebay_http_over_forebay_embedded");
    }
}
