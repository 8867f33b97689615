package io.forebay.etl;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.etl.commit.CommitInfo;
import io.forebay.etl.job.Job;
import io.forebay.etl.job.JobState;
import io.forebay.model.StoredRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that import are killed (kill -9) at random changes of their jobs until one comes to the end; then the collection
 * has exactly what the files say, each document was counted once, and each job is one commit.
 */
class ImportCrashTest {
    @TempDir
    Path directory;

    private final long seed = Long.getLong("forebay.seed", System.nanoTime());

    @Test
    @Timeout(300)
    void killedImportsEndWithExactlyTheRightDocuments() throws Exception {
        rounds(1, 3);
    }

    @Test
    @Tag("long")
    @Timeout(7200)
    void importsThatAreKilledInManyLivesEndWithExactlyTheRightDocuments() throws Exception {
        rounds(8, 12);
    }

    private void rounds(int rounds, int killsMax) throws Exception {
        System.out.println("ImportCrashTest seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < rounds; round++) {
            Path store = directory.resolve("round" + round);
            int kills = 0;
            // Some 90 changes are told in a life without a kill; the first is that a job was made or goes on.
            while (!live(store, kills < killsMax ? 1 + random.nextInt(25) : Integer.MAX_VALUE)) {
                kills++;
            }
            assertThat(kills).as("kills of round %s", round).isPositive();
            System.out.println("ImportCrashTest round " + round + ": " + kills + " kills");
            verify(store);
        }
    }

    /** True when the child came to the end. */
    private boolean live(Path store, int changes) throws IOException, InterruptedException {
        List<String> command = List.of(ProcessHandle.current().info().command().orElse("java"),
                "@" + System.getProperty("forebay.root") + "/jvm.options", "-Xmx512m", "-cp",
                System.getProperty("java.class.path"), ImportCrashChild.class.getName(), store.toString());
        Process child = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        boolean done = false;
        int told = 0;
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                done |= line.equals("DONE");
                told += line.matches("\\d [A-Z]+ \\d+") ? 1 : 0;
                if (told >= changes && child.isAlive()) {
                    child.toHandle().destroyForcibly();
                }
            }
        }
        int exit = child.waitFor();
        assertThat(exit).as("exit code").isIn(0, 128 + 9);
        assertThat(told).as("changes told in this life").isPositive();
        return done;
    }

    private static void verify(Path directory) {
        int all = ImportCrashChild.DOCUMENTS;
        int changed = ImportCrashChild.CHANGED;
        try (ImportStore store = new ImportStore(directory, ImportStore.options(16, 0))) {
            List<Job> jobs = store.imports.jobs(null, null, null, null, 0, 20).jobs().reversed();
            assertThat(jobs).extracting(Job::state).containsExactly(JobState.COMPLETED, JobState.COMPLETED,
                    JobState.COMPLETED, JobState.CANCELLED, JobState.COMPLETED);
            assertThat(jobs.get(0).result()).isEqualTo(new Job.Result(all, 0, 0, 0, 0, 0, 0));
            assertThat(jobs.get(1).result()).isEqualTo(new Job.Result(changed, changed, 0, 0, 0, 0, 0));
            assertThat(jobs.get(2).result()).isEqualTo(new Job.Result(0, changed, changed, 0, 0, 0, 0));
            assertThat(jobs.get(4).result().deleted()).isEqualTo(jobs.get(3).result().inserted());
            Map<String, StoredRecord> found = store.all();
            assertThat(found).hasSize(all);
            for (int i = 0; i < all; i++) {
                StoredRecord record = found.get("d" + i);
                assertThat(record.document()).isEqualTo("first " + i);
                assertThat(record.embedding()).containsExactly(i + 0.5f, 1);
            }
            List<CommitInfo> log = store.imports.history().log(store.collection(), 0, 20).commits();
            assertThat(log.reversed()).extracting(CommitInfo::job)
                    .containsExactlyElementsOf(jobs.stream().map(Job::id).toList());
            assertThat(log.reversed())
                    .extracting(CommitInfo::inserted, CommitInfo::updated, CommitInfo::deleted)
                    .startsWith(org.assertj.core.groups.Tuple.tuple((long) all, 0L, 0L),
                            org.assertj.core.groups.Tuple.tuple((long) changed, (long) changed, 0L),
                            org.assertj.core.groups.Tuple.tuple(0L, (long) changed, (long) changed));
            assertThat(log.getFirst().records()).isEqualTo(all);
        }
    }
}
