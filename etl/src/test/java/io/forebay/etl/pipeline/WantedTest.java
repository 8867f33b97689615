package io.forebay.etl.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.job.DocumentError;
import io.forebay.etl.job.ImportRequest;
import io.forebay.etl.job.ImportSchema;
import io.forebay.etl.job.JobIds;
import io.forebay.etl.job.JobSource;
import io.forebay.etl.job.JobState;
import io.forebay.etl.job.JobStatus;
import io.forebay.etl.job.JobStore;
import io.forebay.etl.job.OnDuplicate;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.WriteBatch;

class WantedTest {
    @TempDir
    Path directory;

    private static UUID job(ImportDatabase db, JobStore store, JobState state, long nextOrdinal, UUID retryOf,
            long... failed) throws Exception {
        UUID id = JobIds.next();
        JobStatus status = new JobStatus();
        status.state = state;
        status.nextOrdinal = nextOrdinal;
        store.create(id,
                new ImportRequest("t", "d", "c", null, new JobSource.Spooled("a.jsonl", "1.upload", null,
                        null, null), null, null, ImportSchema.DEFAULT, OnDuplicate.SKIP, null, null, "test"),
                1,
                retryOf,
                status);
        try (WriteBatch batch = new WriteBatch()) {
            for (long ordinal : failed) {
                store.put(batch, id, new DocumentError(ordinal, ordinal + 1, null, null, "why"));
            }
            db.write(batch, false);
        }
        return id;
    }

    private static long[] wanted(JobStore store, UUID earlier) {
        LongPredicate wanted = Wanted.of(store, earlier);
        return LongStream.range(0, 10_000).filter(wanted).toArray();
    }

    @Test
    void aRetryTakesWhatFailedAndWhatTheEarlierJobsDidNotReach() throws Exception {
        try (ImportDatabase db = ImportDatabase.open(directory, 1 << 20)) {
            JobStore store = new JobStore(db);
            long[] odd = LongStream.range(0, 2_500).map(i -> 2 * i + 1).toArray();
            UUID first = job(db, store, JobState.FAILED, 9_990, null, odd);
            assertThat(wanted(store, first)).isEqualTo(
                    LongStream.concat(LongStream.of(odd), LongStream.range(9_990, 10_000)).toArray());
            UUID second = job(db, store, JobState.FAILED, 4_990, first, 7);
            assertThat(wanted(store, second)).startsWith(7, 4_991, 4_993).endsWith(9_999).hasSize(1 + 5 + 10);
            UUID third = job(db, store, JobState.COMPLETED, 10_000, second, 9_991, 9_999);
            assertThat(wanted(store, third)).containsExactly(9_991, 9_999);
            UUID fourth = job(db, store, JobState.COMPLETED, 10_000, third);
            assertThat(wanted(store, fourth)).isEmpty();
        }
    }
}
