package io.forebay.etl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.job.Job;
import io.forebay.etl.job.JobIds;
import io.forebay.etl.job.JobSource;
import io.forebay.etl.job.JobState;
import io.forebay.etl.job.JobStatus;
import io.forebay.etl.job.JobStore;
import io.forebay.etl.job.JobViews;
import io.forebay.etl.job.OnDuplicate;
import io.forebay.model.ForebayException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobListingTest {
    @TempDir
    Path directory;

    private static List<UUID> ids(Imports.JobPage page) {
        return page.jobs().stream().map(Job::id).toList();
    }

    private static Job view(JobStore store, UUID id) {
        JobStore.Kept kept = store.find(id);
        if (kept == null) {
            throw ForebayException.notFound("Job [" + id + "] does not exist");
        }
        return JobViews.view(kept, 0);
    }

    @Test
    void aJobThatIsRemovedWhileItIsListedIsPassedOver() {
        try (ImportDatabase db = ImportDatabase.open(directory, 1 << 20)) {
            JobStore store = new JobStore(db);
            List<UUID> ids = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                ids.addFirst(JobIds.next());
                store.create(ids.getFirst(), ImportStore.request(new JobSource.Undo("c0ffee", true), null,
                        OnDuplicate.SKIP, i % 3 == 2 ? "other" : "docs"), i, null, new JobStatus());
            }
            JobListing listing = new JobListing(store, kept -> kept.status().state, id -> view(store, id));
            assertThat(ids(listing.page(null, request -> true, 1, 3))).isEqualTo(ids.subList(1, 4));
            Imports.JobPage some = listing.page(JobState.PENDING,
                    request -> request.collection().equals("docs"), 1, 2);
            assertThat(ids(some)).containsExactly(ids.get(2), ids.get(4));
            assertThat(some.total()).isEqualTo(4);
            assertThat(listing.page(JobState.FAILED, request -> true, 0, 9).total()).isZero();
            Imports.JobPage swept = new JobListing(store, kept -> kept.status().state, id -> {
                store.delete(ids.get(2));
                return view(store, id);
            }).page(null, request -> true, 1, 3);
            assertThat(ids(swept)).containsExactly(ids.get(1), ids.get(3));
            assertThatThrownBy(() -> new JobListing(store, kept -> kept.status().state, id -> {
                throw ForebayException.invalid("something else");
            }).page(null, request -> true, 0, 1)).hasMessage("something else");
        }
    }
}
