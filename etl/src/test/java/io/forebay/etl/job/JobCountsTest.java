package io.forebay.etl.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.etl.db.ImportDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.WriteBatch;

class JobCountsTest {
    @TempDir
    Path directory;
    private ImportDatabase db;
    private JobStore store;

    @BeforeEach
    void open() {
        db = ImportDatabase.open(directory, 1 << 20);
        store = new JobStore(db);
    }

    @AfterEach
    void close() {
        db.close();
    }

    private static JobStatus status(JobState state) {
        JobStatus status = new JobStatus();
        status.state = state;
        return status;
    }

    private UUID create() {
        UUID id = JobIds.next();
        store.create(id,
                new ImportRequest("t", "d", "c", null, new JobSource.Undo("c0ffee", true), null, null,
                        ImportSchema.DEFAULT, OnDuplicate.SKIP, null, null, "test"),
                1, null, new JobStatus());
        return id;
    }

    private Map<JobState, Long> onDisk() {
        Map<JobState, Long> counts = new EnumMap<>(JobState.class);
        for (JobState state : JobState.values()) {
            counts.put(state, 0L);
        }
        store.visit(kept -> {
            counts.merge(kept.status().state, 1L, Long::sum);
            return true;
        });
        return counts;
    }

    private void put(UUID id, JobState state, boolean isWritten) throws Exception {
        try (WriteBatch batch = new WriteBatch()) {
            store.put(batch, id, status(state));
            if (isWritten) {
                db.write(batch, false);
            }
        }
    }

    @Test
    void countsAreThoseOfWhatIsOnDiskWhateverHappens() throws Exception {
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        System.out.println("seed=" + seed + " (repeat with -Dforebay.seed=" + seed + ")");
        Random random = new Random(seed);
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            UUID id = ids.isEmpty() ? null : ids.get(random.nextInt(ids.size()));
            JobState state = JobState.values()[random.nextInt(JobState.values().length)];
            int step = id == null ? 0 : random.nextInt(100);
            if (step < 20) {
                ids.add(create());
            } else if (step < 60) {
                store.write(id, status(state), false);
            } else if (step < 80 && !store.find(id).status().state.isFinal()) {
                put(id, random.nextBoolean() ? JobState.PROCESSING : JobState.FAILED, true);
            } else if (step < 95) {
                store.delete(id);
                ids.remove(id);
                if (random.nextBoolean()) {
                    store.delete(id);
                }
            } else if (step < 97) {
                close();
                open();
            }
            assertThat(store.counts()).as("step " + i).isEqualTo(onDisk());
        }
    }

    @Test
    void aBatchThatWasNotWrittenCountsNoMoreWhenTheJobIsWrittenAgain() throws Exception {
        UUID id = create();
        put(id, JobState.COMPLETED, false);
        store.write(id, status(JobState.PROCESSING), false);
        assertThat(store.counts()).isEqualTo(onDisk()).containsEntry(JobState.PROCESSING, 1L);
        for (int i = 0; i < 3; i++) {
            put(id, JobState.COMPLETED, true);
            store.write(id, status(JobState.COMPLETED), false);
        }
        assertThat(store.counts()).isEqualTo(onDisk()).containsEntry(JobState.COMPLETED, 1L);
        store.delete(id);
        store.delete(id);
        store.write(id, status(JobState.PROCESSING), false);
        assertThat(store.counts()).isEqualTo(onDisk())
                .allSatisfy((state, count) -> assertThat(count).isZero());
    }
}
