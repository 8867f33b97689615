package io.forebay.bench.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.GitCommit;
import io.forebay.bench.report.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IndexFiguresTest {
    private final BenchResult result = new BenchResult("index",
            new Machine("some cpu", 2, 1 << 30, "Linux 1", "JDK 25", "ext4"),
            new GitCommit("0123456789abcdef", false), Map.of());
    private final List<IndexRun> runs = new ArrayList<>();
    private final IndexFigures figures = new IndexFigures(runs, result);

    /** So many in a second of CPU and two on the wall. */
    private void run(int round, String side, double count, double recall) {
        runs.add(IndexRun.timed(round, "build", side, count, new Times(1, 2), recall));
    }

    @Test
    void ratesAreOfCpuOrOfTheWall() {
        IndexRun run = IndexRun.timed(1, "build", "core", 100, new Times(4, 5), 0.9);
        assertThat(run.perCpuSecond()).isEqualTo(25);
        assertThat(run.perWallSecond()).isEqualTo(20);
        assertThat(run.cpuMicrosEach()).isEqualTo(40_000);
        assertThat(run.amountEach()).isNaN();
        assertThat(IndexRun.counted(1, "memory", "rows", 10, 15_360).amountEach()).isEqualTo(1536);
    }

    @Test
    void whatTookNoTimeHasNoRate() {
        assertThatThrownBy(() -> IndexRun.timed(1, "build", "core", 100, new Times(0, 0), 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> IndexRun.timed(1, "build", "core", 0, new Times(1, 1), 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** The sides change their order from round to round. */
    @Test
    void ratiosAndRecallGainsPairTheSidesOfTheSameRound() {
        run(2, "core", 10, 0.99);
        run(1, "core", 100, 0.95);
        run(1, "native", 800, 0.96);
        run(2, "native", 90, 0.98);
        figures.ratio("build", "native", "core", "", "", IndexRun::perCpuSecond,
                figure -> figure.wanting(8.6));
        figures.recallGain("build", "native", "core", -0.005);
        Figure ratio = result.figures().get(0);
        assertThat(ratio.name()).isEqualTo("build_native_over_core");
        assertThat(ratio.value().min()).isEqualTo(8);
        assertThat(ratio.value().max()).isEqualTo(9);
        assertThat(ratio.reached()).isFalse();
        Figure gain = result.figures().get(1);
        assertThat(gain.value().min()).isEqualTo(-0.01, within(1e-12));
        assertThat(gain.value().max()).isEqualTo(0.01, within(1e-12));
        assertThat(gain.reached()).isTrue();
    }

    @Test
    void aSideThatMissesARoundIsRefused() {
        run(1, "core", 100, 1);
        run(2, "core", 100, 1);
        run(1, "native", 800, 1);
        assertThatThrownBy(() -> figures.ratio("build", "native", "core", "", "", IndexRun::perCpuSecond,
                IndexFigures::reported)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> figures.recallGain("build", "native", "core", 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatMustBeSmallIsReachedFromBelow() {
        run(1, "core", 100, 1);
        run(1, "native", 250, 1);
        figures.ratio("build", "core", "native", "", "", IndexRun::perCpuSecond,
                figure -> figure.wantingAtMost(0.4));
        figures.ratio("build", "native", "core", "", "", IndexRun::perCpuSecond,
                figure -> figure.wantingAtMost(2.4));
        assertThat(result.figures()).extracting(Figure::reached).containsExactly(true, false);
    }
}
