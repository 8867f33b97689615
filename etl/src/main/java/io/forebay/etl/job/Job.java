package io.forebay.etl.job;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One job as a client sees it, at one moment. Times are milliseconds since 1970.
 *
 * @param collectionId null until it is made or found
 * @param phase        what it does just now: waiting, fetching, loading, finishing; for people
 * @param startedMillis 0 until it is
 * @param endedMillis   0 until it is
 * @param error         null unless it failed
 * @param commit        null until there is one
 * @param retryOf       the job whose failures this one takes again; null for none
 */
public record Job(UUID id, JobState state, String phase, ImportRequest request,
        @Nullable UUID collectionId, long createdMillis, long startedMillis, long endedMillis,
        boolean cancelling, Progress progress, Result result, @Nullable Failure error,
        @Nullable String commit, @Nullable UUID retryOf, List<MemoryMark> memory) {

    /**
     * How far it is.
     *
     * @param processed      documents read and dealt with, good or bad
     * @param total          -1 while not known
     * @param bytesTotal     -1 while not known
     * @param remainingMillis -1 while not known
     * @param batches        -1 while not known
     * @param indexed        documents of this job that are in the index
     */
    public record Progress(long processed, long total, long bytesProcessed, long bytesTotal,
            double percentage, long elapsedMillis, long remainingMillis, double documentsPerSecond,
            long currentBatch, long batches, long indexed) {}

    /** What it has done so far. */
    public record Result(long inserted, long updated, long deleted, long skipped, long failed,
            long embedded, long fromCache) {}

    /** Why it failed and where: the phase, and the line of the file (0 where there is none). */
    public record Failure(String message, String failedAt, long ordinal, long line) {}

    /** Memory at the end of a phase and meanwhile; bytes. */
    public record MemoryMark(String phase, long rss, long heap, long rssPeak, long rssMean) {}
}
