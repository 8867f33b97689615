package io.forebay.etl;

import io.forebay.etl.job.ImportRequest;
import io.forebay.etl.job.Job;
import io.forebay.etl.job.JobState;
import io.forebay.etl.job.JobStore;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Pages of jobs, newest first. Only the ids of a page are held while all jobs are looked at. Threads: any.
 *
 * @param stateOf as it is now, which for a job at work may be further than on disk
 * @param viewOf  NOT_FOUND for one that was removed
 */
record JobListing(JobStore store, Function<JobStore.Kept, JobState> stateOf, Function<UUID, Job> viewOf) {
    Imports.JobPage page(@Nullable JobState state, Predicate<ImportRequest> wanted, int offset, int limit) {
        List<UUID> ids = new ArrayList<>();
        long[] total = {0};
        store.visit(kept -> {
            if ((state == null || stateOf.apply(kept) == state) && wanted.test(kept.request())) {
                if (total[0] >= offset && ids.size() < limit) {
                    ids.add(kept.id());
                }
                total[0]++;
            }
            return true;
        });
        List<Job> jobs = new ArrayList<>();
        for (UUID id : ids) {
            try {
                jobs.add(viewOf.apply(id));
            } catch (ForebayException removed) { // by a sweep, since it was listed
                if (removed.code() != ErrorCode.NOT_FOUND) {
                    throw removed;
                }
            }
        }
        return new Imports.JobPage(jobs, total[0]);
    }
}
