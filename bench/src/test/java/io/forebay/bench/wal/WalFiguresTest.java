package io.forebay.bench.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.GitCommit;
import io.forebay.bench.report.Machine;
import io.forebay.bench.report.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WalFiguresTest {
    private final BenchResult result = new BenchResult("wal",
            new Machine("some cpu", 2, 1 << 30, "Linux 1", "JDK 25", "ext4"),
            new GitCommit("0123456789abcdef", false), Map.of());
    private final List<WalRun> runs = new ArrayList<>();
    private final WalFigures figures = new WalFigures(runs, result, List.of(LogKind.CHRONICLE));

    /** So many MB in a second. */
    private void run(int round, String measurement, String side, long megabytes) {
        runs.add(WalRun.of(round, measurement, side, 10, megabytes * 1_000_000, 1_000_000_000));
    }

    @Test
    void aRateIsPayloadOverSeconds() {
        WalRun run = WalRun.of(1, "os", "raw", 10, 5_000_000_000L, 2_000_000_000L);
        assertThat(run.megabytesPerSecond()).isEqualTo(2500);
        assertThat(run.gigabytesPerSecond()).isEqualTo(2.5);
        assertThat(run.batchesPerSecond()).isEqualTo(5);
    }

    @Test
    void whatTookNoTimeHasNoRate() {
        assertThatThrownBy(() -> WalRun.of(1, "os", "raw", 10, 100, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WalRun.of(1, "os", "raw", 0, 100, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** The sides change their order from round to round, and other measurements lie between them. */
    @Test
    void ratiosPairTheSidesOfTheSameRound() {
        run(1, "os", "raw", 100);
        run(1, "os", "chronicle", 50);
        run(2, "os", "chronicle", 8);
        run(2, "other", "raw", 1);
        run(2, "os", "raw", 10);
        figures.ratio("os_chronicle_over_raw", "", "os", LogKind.CHRONICLE, "raw", 0.5,
                WalRun::megabytesPerSecond);
        Figure ratio = result.figures().getFirst();
        assertThat(ratio.value().min()).isEqualTo(0.5);
        assertThat(ratio.value().max()).isEqualTo(0.8);
        assertThat(ratio.value().count()).isEqualTo(2);
        assertThat(ratio.reached()).isTrue();
    }

    @Test
    void aSideThatMissesARoundIsRefused() {
        run(1, "os", "raw", 100);
        run(2, "os", "raw", 100);
        run(1, "os", "chronicle", 50);
        assertThatThrownBy(() -> figures.ratio("x", "", "os", "chronicle", "raw", Double.NaN,
                WalRun::megabytesPerSecond)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nothingWantedIsNoClaim() {
        run(1, "small", "raw", 100);
        run(1, "small", "chronicle", 25);
        figures.ratio("x", "", "small", "chronicle", "raw", Double.NaN, WalRun::megabytesPerSecond);
        assertThat(result.figures().getFirst().value()).isEqualTo(Summary.of(0.25));
        assertThat(result.figures().getFirst().atLeast()).isNull();
    }

    @Test
    void rawSyncsCoverAllBatchesAtEvenDistances() {
        List<Integer> ends = new ArrayList<>();
        for (long sync = 1; sync <= 4; sync++) {
            ends.add(RawSync.groupEnd(10, sync, 4));
        }
        assertThat(ends).containsExactly(2, 5, 7, 10);
        assertThat(RawSync.groupEnd(2_000_000, 3_000_000, 3_000_000)).isEqualTo(2_000_000);
    }
}
