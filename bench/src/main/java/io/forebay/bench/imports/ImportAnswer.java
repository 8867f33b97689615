package io.forebay.bench.imports;

import java.io.Serializable;
import java.util.List;

/**
 * What came of a task.
 *
 * @param spooledSeconds until the files were spooled, before the clock of all others starts
 * @param loadedSeconds  until all jobs had ended
 * @param appliedSeconds until every read sees all of it
 * @param linkedSeconds  until all of it is in the graph
 * @param embedSeconds   of workers, or of waiting for calls, for embedding; summed over them
 * @param cpuSeconds     of the process, until all was linked
 * @param othersShare    of the processors: what others used meanwhile
 * @param peakBytes      most memory the process ever had resident, mapped files among it
 * @param privatePeakBytes of it what no file is behind, as often looked at as was possible
 */
record ImportAnswer(List<JobTime> jobs, double spooledSeconds, double loadedSeconds, double appliedSeconds,
        double linkedSeconds, long documents, long failed, long skipped, long embedded, long fromCache,
        double embedSeconds, double cpuSeconds, double othersShare, long peakBytes,
        long privatePeakBytes) implements Serializable {

    /** One job, from its start to its end. */
    record JobTime(double seconds, long skipped, long embedded, long fromCache) implements Serializable {}

    double documentsPerSecond() {
        return documents / loadedSeconds;
    }

    ImportAnswer withPrivatePeak(long bytes) {
        return new ImportAnswer(jobs, spooledSeconds, loadedSeconds, appliedSeconds, linkedSeconds, documents,
                failed, skipped, embedded, fromCache, embedSeconds, cpuSeconds, othersShare, peakBytes,
                bytes);
    }
}
