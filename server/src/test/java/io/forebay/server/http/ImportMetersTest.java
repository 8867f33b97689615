package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.etl.job.ImportRequest;
import io.forebay.etl.job.ImportSchema;
import io.forebay.etl.job.JobIds;
import io.forebay.etl.job.JobSource;
import io.forebay.etl.job.JobState;
import io.forebay.etl.job.JobStatus;
import io.forebay.etl.job.JobStore;
import io.forebay.etl.job.JobViews;
import io.forebay.etl.job.OnDuplicate;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ImportMetersTest {
    private static JobStore.Kept ended(JobState state, long started, long ended) {
        JobStatus status = new JobStatus();
        status.state = state;
        status.startedMillis = started;
        status.endedMillis = ended;
        ImportRequest request = new ImportRequest("tenant", "database", "docs", null,
                new JobSource.Undo("c0ffee", true), null, null, ImportSchema.DEFAULT, OnDuplicate.SKIP, null,
                null, "test");
        return new JobStore.Kept(JobIds.next(), request, 1, null, status);
    }

    @Test
    void aJobThatNeverStartedHasNoDuration() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        ImportMeters meters = new ImportMeters(registry);
        meters.ended(JobViews.view(ended(JobState.CANCELLED, 0, 1_700_000_000_000L), 0), "none");
        assertThat(registry.find("forebay.import.duration").timer()).isNull();
        meters.ended(JobViews.view(ended(JobState.COMPLETED, 1_000, 3_500), 0), "jsonl");
        Timer timer = registry.get("forebay.import.duration").timer();
        assertThat(timer.count()).isEqualTo(1);
        assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(2_500);
    }
}
