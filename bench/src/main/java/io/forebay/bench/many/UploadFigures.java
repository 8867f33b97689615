package io.forebay.bench.many;

import io.forebay.bench.report.BenchResult;
import io.forebay.bench.report.Figure;
import io.forebay.bench.report.Summary;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The figures of {@code bench parallel-upload}, formed of the runs of each round. */
final class UploadFigures {
    private final UploadSettings settings;
    private final List<UploadRun> runs;

    UploadFigures(UploadSettings settings, List<UploadRun> runs) {
        this.settings = settings;
        this.runs = List.copyOf(runs);
    }

    void addTo(BenchResult result) {
        for (UploadPart part : UploadPart.values()) {
            for (UploadCase uploads : settings.cases()) {
                if (!runs(part, uploads, UploadSide.AT_ONCE).isEmpty()) {
                    speedUp(result, part, uploads);
                    sides(result, part, uploads);
                }
            }
        }
    }

    private void speedUp(BenchResult result, UploadPart part, UploadCase uploads) {
        String prefix = part + "_" + uploads + "_";
        Summary speedUp = over(part, uploads, UploadSide.ONE_BY_ONE, UploadSide.AT_ONCE, UploadRun::seconds);
        Figure figure = Figure.of(prefix + "speed_up", "time one by one / time at once, of each round", "x",
                speedUp);
        double wanted = part.speedUpWanted(uploads.parallel());
        result.figure(Double.isNaN(wanted) ? figure : figure.wanting(wanted));
        result.figure(Figure.of(prefix + "efficiency", "speed_up / uploads at once", "share",
                speedUp.times(1.0 / uploads.parallel())));
        result.figure(Figure.of(prefix + "at_once_over_one_collection",
                "time of the same into one collection / time at once", "x",
                over(part, uploads, UploadSide.ONE_COLLECTION, UploadSide.AT_ONCE, UploadRun::seconds)));
        if (part == UploadPart.LINKED) {
            int cores = Runtime.getRuntime().availableProcessors();
            result.figure(Figure.of(prefix + "speed_up_possible", "cores / cores busy one by one", "x",
                    Summary.of(runs(part, uploads, UploadSide.ONE_BY_ONE), run -> cores / run.coresBusy())));
            result.figure(Figure.of(prefix + "cpu_over_one_by_one",
                    "CPU of client and server at once / one by one", "x",
                    over(part, uploads, UploadSide.AT_ONCE, UploadSide.ONE_BY_ONE, UploadRun::cpuSeconds)));
            result.figure(Figure.of(prefix + "at_once_over_one_indexer",
                    "time one by one with one indexer thread / time at once", "x",
                    over(part, uploads, UploadSide.ONE_INDEXER, UploadSide.AT_ONCE, UploadRun::seconds)));
        }
    }

    private void sides(BenchResult result, UploadPart part, UploadCase uploads) {
        for (UploadSide side : UploadSide.of(part)) {
            String suffix = part + "_" + uploads + "_" + side;
            List<UploadRun> of = runs(part, uploads, side);
            if (part == UploadPart.LINKED) {
                result.figure(Figure.of(suffix, "until the last upload is linked", "records/s",
                        Summary.of(of, UploadRun::recordsPerSecond)));
            } else {
                result.figure(Figure.of(suffix, "until the last ack", "batches/s",
                        Summary.of(of, UploadRun::batchesPerSecond)));
                result.figure(Figure.of(suffix + "_ack_p50", "median ack of a batch", "ms",
                        Summary.of(of, run -> run.ack().p50Millis())));
                result.figure(Figure.of(suffix + "_per_sync", "batches / syncs", "batches",
                        Summary.of(of, run -> (double) run.batches() / run.syncs())));
                result.figure(Figure.of(suffix + "_syncs", "time in syncs / time", "share",
                        Summary.of(of, run -> run.syncSeconds() / run.seconds())));
            }
            result.figure(Figure.of(suffix + "_cores", "busy with client and server", "cores",
                    Summary.of(of, UploadRun::coresBusy)));
        }
    }

    private Summary over(UploadPart part, UploadCase uploads, UploadSide numerator, UploadSide denominator,
            ToDoubleFunction<UploadRun> value) {
        return Summary.ofRatios(runs(part, uploads, numerator), runs(part, uploads, denominator), value);
    }

    private List<UploadRun> runs(UploadPart part, UploadCase uploads, UploadSide side) {
        return runs.stream().filter(run -> run.part().equals(part.toString())
                && run.uploads().equals(uploads.toString()) && run.side().equals(side.toString())).toList();
    }
}
