package io.forebay.bench.index;

import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.Summary;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/** Forms figures from the runs of one measurement; ratios and differences within each round. */
final class IndexFigures {
    private final List<IndexRun> runs;
    private final BenchResult result;

    IndexFigures(List<IndexRun> runs, BenchResult result) {
        this.runs = runs;
        this.result = result;
    }

    /** Of all counted rounds, in their order. */
    List<IndexRun> of(String measurement, String side) {
        return runs.stream()
                .filter(run -> run.measurement().equals(measurement) && run.side().equals(side))
                .sorted(Comparator.comparingInt(IndexRun::round)).toList();
    }

    boolean has(String measurement, String side) {
        return !of(measurement, side).isEmpty();
    }

    void value(String measurement, String side, String suffix, String formed, String unit,
            ToDoubleFunction<IndexRun> value, UnaryOperator<Figure> wanting) {
        result.figure(wanting.apply(Figure.of(measurement + "_" + side + suffix, formed, unit,
                Summary.of(of(measurement, side), value))));
    }

    /** First over second, in each round. */
    void ratio(String measurement, String first, String second, String suffix, String formed,
            ToDoubleFunction<IndexRun> value, UnaryOperator<Figure> wanting) {
        result.figure(wanting.apply(Figure.of(measurement + "_" + first + "_over_" + second + suffix, formed,
                "x", Summary.ofRatios(of(measurement, first), of(measurement, second), value))));
    }

    /** Recall of the first less that of the second, in each round. */
    void recallGain(String measurement, String first, String second, double least) {
        List<IndexRun> ours = of(measurement, first);
        List<IndexRun> theirs = of(measurement, second);
        if (ours.size() != theirs.size()) {
            throw new IllegalArgumentException(
                    ours.size() + " runs cannot be paired with " + theirs.size());
        }
        double[] gains = new double[ours.size()];
        for (int i = 0; i < gains.length; i++) {
            gains[i] = ours.get(i).recall() - theirs.get(i).recall();
        }
        result.figure(Figure.of(measurement + "_" + first + "_recall_minus_" + second,
                "recall@10 less recall@10", "", Summary.of(gains)).wanting(least));
    }

    /** No claim. */
    static Figure reported(Figure figure) {
        return figure;
    }
}
