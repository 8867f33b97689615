package io.forebay.etl.pipeline;

import io.forebay.etl.job.DocumentError;
import io.forebay.etl.job.JobState;
import io.forebay.etl.job.JobStore;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
        Set<Long> failed = failed(store, earlier);
        if (kept.status().state == JobState.COMPLETED) {
            return failed::contains;
        }
        long reached = kept.status().nextOrdinal;
        LongPredicate before = of(store, kept.retryOf());
        return ordinal -> failed.contains(ordinal) || ordinal >= reached && before.test(ordinal);
    }

    /** As many as the cap on errors allows. */
    private static Set<Long> failed(JobStore store, UUID job) {
        Set<Long> failed = new HashSet<>();
        List<DocumentError> page = store.errors(job, -1, PAGE);
        while (!page.isEmpty()) {
            page.forEach(error -> failed.add(error.ordinal()));
            page = store.errors(job, page.getLast().ordinal(), PAGE);
        }
        return failed;
    }
}
