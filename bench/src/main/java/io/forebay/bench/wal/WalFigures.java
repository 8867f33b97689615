package io.forebay.bench.wal;

import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.Summary;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Forms figures from the runs of one measurement; ratios within each round. */
final class WalFigures {
    private final List<WalRun> runs;
    private final BenchResult result;
    private final List<LogKind> logs;

    WalFigures(List<WalRun> runs, BenchResult result, List<LogKind> logs) {
        this.runs = runs;
        this.result = result;
        this.logs = logs;
    }

    List<LogKind> logs() {
        return logs;
    }

    /** Of all counted rounds, in their order. */
    List<WalRun> of(String measurement, Object side) {
        return runs.stream()
                .filter(run -> run.measurement().equals(measurement) && run.side().equals(side.toString()))
                .sorted(Comparator.comparingInt(WalRun::round)).toList();
    }

    void value(String measurement, Object side, String suffix, String formed, String unit,
            ToDoubleFunction<WalRun> value) {
        result.figure(Figure.of(measurement + "_" + side + suffix, formed, unit,
                Summary.of(of(measurement, side), value)));
    }

    void value(String measurement, Object side, String formed, String unit, double wanted,
            ToDoubleFunction<WalRun> value) {
        result.figure(Figure.of(measurement + "_" + side, formed, unit,
                Summary.of(of(measurement, side), value)).wanting(wanted));
    }

    /** First over second, in each round; {@code wanted} is NaN where nothing is. */
    void ratio(String name, String formed, String measurement, Object first, Object second, double wanted,
            ToDoubleFunction<WalRun> value) {
        Figure figure = Figure.of(name, formed, "x",
                Summary.ofRatios(of(measurement, first), of(measurement, second), value));
        result.figure(Double.isNaN(wanted) ? figure : figure.wanting(wanted));
    }
}
