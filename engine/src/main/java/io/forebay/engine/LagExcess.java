package io.forebay.engine;

import io.forebay.model.CollectionSettings;
import io.forebay.model.CollectionStatus;
import io.forebay.model.LagPolicy;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How far a collection's index is behind beyond its bounds.
 *
 * @param what           for people, with the bound and its value
 * @param waitSeconds    how long it takes to be within them again at the measured rate; 0 when nothing was measured
 * @param allowedRecords as much may wait
 * @param operations     record operations in the log when it was looked at
 */
record LagExcess(String what, double waitSeconds, long allowedRecords, long operations) {

    /** The bounds that hold for one collection. */
    record Bounds(LagPolicy policy, long recordsMax, long secondsMax) {
        static Bounds of(CollectionSettings own, PressureOptions server) {
            return new Bounds(own.lagPolicy() == null ? server.lagPolicy() : own.lagPolicy(),
                    own.lagRecordsMax() == null ? server.lagRecordsMax() : own.lagRecordsMax(),
                    own.lagSecondsMax() == null ? server.lagSecondsMax() : own.lagSecondsMax());
        }
    }

    /** Null when it is within its bounds, or unopened: then nobody knows. */
    static @Nullable LagExcess of(CollectionRuntime runtime, Bounds bounds) {
        if (runtime.held.isUnopened()) {
            return null;
        }
        CollectionStatus status = runtime.status(() -> 0L);
        long records = status.indexLag().records();
        double seconds = status.indexLag().seconds();
        boolean tooMany = records > bounds.recordsMax;
        boolean tooOld = records > 0 && seconds > bounds.secondsMax;
        if (!tooMany && !tooOld) {
            return null;
        }
        double rate = runtime.linkRate.recordsPerSecond(System.nanoTime());
        double wait = 0;
        long allowed = Long.MAX_VALUE;
        String what = "";
        if (tooOld) {
            // Young enough is what will be linked in time; when all that waits will be, the oldest are too old all the same.
            double all = rate > 0 ? records / rate : 0;
            wait = all > bounds.secondsMax ? all - bounds.secondsMax : all;
            allowed = rate > 0 ? Math.min(records, (long) (rate * bounds.secondsMax)) : 0;
            what = String.format(Locale.ROOT, "of %.1f seconds (lag_seconds_max %d)", seconds,
                    bounds.secondsMax);
        }
        if (tooMany) {
            wait = Math.max(wait, rate > 0 ? (records - bounds.recordsMax) / rate : 0);
            allowed = Math.min(allowed, bounds.recordsMax);
            what = String.format(Locale.ROOT, "of %d records (lag_records_max %d)", records,
                    bounds.recordsMax);
        }
        return new LagExcess("Collection [" + status.name() + "] has an index lag " + what, wait, allowed,
                status.operations());
    }

    boolean isMeasured() {
        return waitSeconds > 0;
    }
}
