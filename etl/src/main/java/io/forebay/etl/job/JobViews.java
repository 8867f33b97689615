package io.forebay.etl.job;

import java.util.List;

/** What a client sees of a job. */
public final class JobViews {
    private JobViews() {}

    /** Of a job that no thread works on. */
    public static Job view(JobStore.Kept kept, long linkedSeqId) {
        return view(kept, kept.status().workedMillis, linkedSeqId, 0, kept.status().memory);
    }

    static Job view(JobStore.Kept kept, long workedMillis, long linkedSeqId, long linkedRows,
            List<Job.MemoryMark> memory) {
        JobStatus s = kept.status();
        Job.Failure failure = s.error == null
                ? null
                : new Job.Failure(s.error, s.failedAt, s.errorOrdinal, s.errorLine);
        return new Job(kept.id(), s.state, s.phase, kept.request(), s.collectionId, kept.createdMillis(),
                s.startedMillis, s.endedMillis, s.cancelling && !s.state.isFinal(),
                progress(s, workedMillis, linkedSeqId, linkedRows),
                new Job.Result(s.inserted, s.updated, s.deleted, s.skipped, s.failed, s.embedded,
                        s.fromCache),
                failure, s.commit, kept.retryOf(), List.copyOf(memory));
    }

    private static Job.Progress progress(JobStatus s, long workedMillis, long linkedSeqId, long linkedRows) {
        double percentage = s.state == JobState.COMPLETED
                ? 100
                : s.bytesTotal <= 0 ? 0 : Math.min(100, 100.0 * s.bytesProcessed / s.bytesTotal);
        long remaining = -1;
        if (s.state.isFinal()) {
            remaining = 0;
        } else if (percentage > 0 && s.processed > 0) {
            remaining = (long) (workedMillis * (100 - percentage) / percentage);
        }
        double rate = workedMillis == 0 ? 0 : s.processed * 1000.0 / workedMillis;
        long rows = s.inserted + s.updated;
        long indexed = s.lastSeqId <= linkedSeqId ? rows : Math.min(rows, linkedRows);
        return new Job.Progress(s.processed, s.total, s.bytesProcessed, s.bytesTotal, percentage,
                workedMillis, remaining, rate, s.batches, s.state == JobState.COMPLETED ? s.batches : -1,
                indexed);
    }
}
