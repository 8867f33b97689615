package io.forebay.etl.pipeline;

import io.forebay.etl.job.DocumentError;
import io.forebay.etl.job.JobState;
import io.forebay.etl.job.JobStore;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Which items of a file a job takes: all, or those that an earlier job did not get in. */
final class Wanted {
    private static final int PAGE = 1000;

    private Wanted() {}

    static LongPredicate of(JobStore store, @Nullable UUID earlier) {
        if (earlier == null) {
            return ordinal -> true;
        }
        JobStore.Kept kept = store.find(earlier);
        if (kept == null) {
            throw new ForebayException(ErrorCode.NOT_FOUND, "Job [" + earlier + "] is not kept any more");
        }
        long[] failed = failed(store, earlier);
        if (kept.status().state == JobState.COMPLETED) {
            return ordinal -> isIn(failed, ordinal);
        }
        long reached = kept.status().nextOrdinal;
        LongPredicate before = of(store, kept.retryOf());
        return ordinal -> isIn(failed, ordinal) || ordinal >= reached && before.test(ordinal);
    }

    private static boolean isIn(long[] sorted, long ordinal) {
        return Arrays.binarySearch(sorted, ordinal) >= 0;
    }

    /** Sorted, as they are kept; as many as the cap on errors allows. */
    private static long[] failed(JobStore store, UUID job) {
        long[] failed = new long[PAGE];
        int count = 0;
        List<DocumentError> page = store.errors(job, -1, PAGE);
        while (!page.isEmpty()) {
            if (count + page.size() > failed.length) {
                failed = Arrays.copyOf(failed, failed.length * 2);
            }
            for (DocumentError error : page) {
                failed[count++] = error.ordinal();
            }
            page = store.errors(job, page.getLast().ordinal(), PAGE);
        }
        return Arrays.copyOf(failed, count);
    }
}
