package io.forebay.etl;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.job.JobIds;
import io.forebay.etl.job.JobSource;
import io.forebay.etl.job.JobState;
import io.forebay.etl.job.JobStatus;
import io.forebay.etl.job.JobStore;
import io.forebay.etl.job.OnDuplicate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobFilesTest {
    @TempDir
    Path directory;
    private ImportDatabase db;
    private JobStore store;
    private SpoolFolder spool;
    private JobFiles files;

    @BeforeEach
    void open() throws Exception {
        db = ImportDatabase.open(directory.resolve("db"), 1 << 20);
        store = new JobStore(db);
        spool = new SpoolFolder(directory.resolve("spool"), 100);
        files = new JobFiles(store, spool);
    }

    @AfterEach
    void close() {
        db.close();
    }

    private UUID job(JobState state, long failed, String file, @Nullable String side) throws Exception {
        UUID id = JobIds.next();
        JobStatus status = new JobStatus();
        status.state = state;
        status.failed = failed;
        status.endedMillis = 1_000;
        JobSource source = new JobSource.Spooled("a.jsonl", file, side == null ? null : "b.jsonl", side,
                null);
        store.create(id, ImportStore.request(source, null, OnDuplicate.SKIP, "docs"), 1, null, status);
        for (String name : new String[]{file, file + ".expanded", side, id + ".fetched",
                id + ".fetched.state"}) {
            if (name != null) {
                Files.writeString(spool.path().resolve(name), "x");
            }
        }
        return id;
    }

    @Test
    void theFilesOfTheJobThatEndedWellGoAndThoseOfOthersStay() throws Exception {
        UUID one = job(JobState.COMPLETED, 0, "1.upload", "2.upload");
        job(JobState.COMPLETED, 0, "3.upload", null);
        files.free(one);
        assertThat(spool.size().files()).isEqualTo(4);
        assertThat(spool.has("3.upload")).isTrue();
        files.free(UUID.randomUUID());
        assertThat(spool.size().files()).isEqualTo(4);
    }

    @Test
    void filesThatAnotherJobNamesStayAndThoseOfAJobThatCanBeRetriedToo() throws Exception {
        UUID failed = job(JobState.FAILED, 0, "1.upload", null);
        UUID retry = job(JobState.COMPLETED, 0, "1.upload", null);
        UUID bad = job(JobState.COMPLETED, 3, "2.upload", null);
        files.free(failed);
        files.free(bad);
        assertThat(spool.size().files()).isEqualTo(2 + 2 * 2 + 2 * 1 + 2);
        files.free(retry);
        assertThat(spool.has("1.upload")).isTrue();
        assertThat(spool.has(retry + ".fetched")).isFalse();
        assertThat(spool.has(retry + ".fetched.state")).isFalse();
    }

    @Test
    void neededAreFilesOfJobsThatAreNotOverOrCanBeRetriedForAWhile() throws Exception {
        job(JobState.PENDING, 0, "1.upload", "2.upload");
        job(JobState.FAILED, 0, "3.upload", null);
        job(JobState.COMPLETED, 1, "4.upload", null);
        job(JobState.COMPLETED, 0, "5.upload", null);
        assertThat(files.needed(999)).contains("1.upload", "2.upload", "3.upload", "4.upload")
                .doesNotContain("5.upload");
        assertThat(files.needed(1_000)).contains("1.upload", "2.upload").doesNotContain("3.upload",
                "4.upload");
    }
}
