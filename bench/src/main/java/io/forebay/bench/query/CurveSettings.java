package io.forebay.bench.query;

import io.forebay.bench.load.Schedule.Arrivals;
import java.util.List;

/**
 * What all points have in common.
 *
 * @param efs       widths of the search, ascending
 * @param rates     queries/s of open loops at each width
 * @param writeRate records/s that come in during the second part; 0 leaves that out
 */
public record CurveSettings(List<Side> sides, List<Integer> efs, int k, int clients, List<Double> rates,
        Arrivals arrivals, double seconds, int rounds, int queries, double writeRate, int writeBatch,
        AnswerFields answers) {}
