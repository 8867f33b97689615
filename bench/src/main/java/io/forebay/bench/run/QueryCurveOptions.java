package io.forebay.bench.run;

import static io.forebay.bench.run.CommonOptions.check;

import io.forebay.bench.load.Schedule.Arrivals;
import io.forebay.bench.query.AnswerFields;
import io.forebay.bench.query.CurveSettings;
import io.forebay.bench.query.Side;
import java.util.List;
import picocli.CommandLine.Option;

/** What only {@code bench query --curve} takes. */
final class QueryCurveOptions {
    @Option(names = "--curve", description = "Recall and queries/s at each --ef, with figures for each side")
    private boolean curve;

    @Option(names = "--side", paramLabel = "S,...", split = ",",
            description = "in_process, http, binary, with --curve.")
    private List<Side> sides = List.of(Side.IN_PROCESS, Side.HTTP);

    @Option(names = "--rate", paramLabel = "R,...", split = ",",
            description = "Queries/s of open loops, over --clients connections, with --curve")
    private List<Double> rates = List.of();

    @Option(names = "--arrivals", description = "Of open loops: constant or poisson.")
    private Arrivals arrivals = Arrivals.CONSTANT;

    @Option(names = "--write-rate", paramLabel = "R",
            description = "Records/s that come in during the second part of --curve; 0 for none.")
    private double writeRate = 1000;

    @Option(names = "--write-batch", paramLabel = "N", description = "Records of one of its batches.")
    private int writeBatch = 100;

    @Option(names = "--answers", description = "all (documents, metadata, distances) or distances.")
    private AnswerFields answers = AnswerFields.ALL;

    boolean isAsked() {
        return curve;
    }

    CurveSettings settings(List<Integer> efs, int k, int clients, double seconds, int rounds, int queries) {
        return new CurveSettings(sides.stream().distinct().sorted().toList(), efs, k, clients, rates,
                arrivals, seconds, rounds, queries, writeRate, writeBatch, answers);
    }

    void validate() {
        check(curve || rates.isEmpty(), "--rate", rates, "used with --curve");
        check(rates.stream().allMatch(rate -> rate > 0), "--rate", rates, "more than 0");
        check(writeRate >= 0, "--write-rate", writeRate, "at least 0");
        check(writeBatch >= 1, "--write-batch", writeBatch, "at least 1");
    }
}
