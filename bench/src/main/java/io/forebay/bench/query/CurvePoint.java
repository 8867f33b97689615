package io.forebay.bench.query;

import io.forebay.bench.load.ClosedLoop;
import io.forebay.bench.load.OpenLoop;
import io.forebay.bench.report.CpuMeter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One width of the search, asked one way, in one round.
 *
 * @param writing           whether records came in meanwhile
 * @param recall            null where it was not taken
 * @param one               one client, closed loop
 * @param many              all clients, closed loop
 * @param open              open loops, at each rate
 * @param allocatedPerQuery bytes of heap of the process that answers; null while records come in
 * @param cpu               during the closed loops
 * @param recordsBefore     in the collection when it began
 * @param unlinkedAfter     not linked when it ended
 */
public record CurvePoint(Side side, int round, boolean writing, int ef, @Nullable Double recall,
        ClosedLoop.Result one, ClosedLoop.Result many, List<OpenLoop.Result> open,
        @Nullable Double allocatedPerQuery, CpuMeter.Usage cpu, long recordsBefore, long recordsAfter,
        long unlinkedAfter) {

    double ownMicrosPerQuery() {
        return 1e6 * cpu.ownSeconds() / (one.answered() + many.answered());
    }

    double serverMicrosPerQuery() {
        return 1e6 * cpu.serverSeconds() / (one.answered() + many.answered());
    }
}
