package io.forebay.etl.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.StoredRecord;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that drafts with SIGKILL: the draft is found again at a whole batch, with counts that are right. */
class DraftCrashTest {
    @TempDir
    Path directory;

    @Test
    void aKilledDraftIsFoundAgainAtItsLastBatch() throws Exception {
        Random random = new Random(World.seed());
        int written = 0;
        for (int life = 0; life < 2; life++) {
            written = live(written + 5 + random.nextInt(50)) + 1;
            try (World world = new World(directory)) {
                CommitDraft draft = world.draft(world.collection("docs"), DraftCrashChild.JOB);
                int steps = DraftCrashChild.steps(draft);
                assertThat(draft.counts()).isEqualTo(DraftCrashChild.counts(steps));
                assertThat(steps).isBetween(written, written + 1);
                assertThat(draft.find(oracle(steps).keySet())).hasSize(oracle(steps).size());
                written = steps;
            }
        }
        try (World world = new World(directory)) {
            CommitInfo commit = world.draft(world.collection("docs"), DraftCrashChild.JOB).finish();
            Map<String, StoredRecord> rows = new HashMap<>();
            world.history.rows(commit.collection(), "main", null, null, Integer.MAX_VALUE)
                    .forEach(row -> rows.put(row.id(), row));
            assertThat(Oracle.hashes(rows)).isEqualTo(Oracle.hashes(oracle(written)));
            assertThat(world.history.diff(commit.collection(), null, "main", null, Integer.MAX_VALUE))
                    .hasSize(rows.size());
        }
    }

    /** Answers the last step that was told to be written. */
    private int live(int stepsMin) throws Exception {
        Process child = new ProcessBuilder(List.of(ProcessHandle.current().info().command().orElse("java"),
                "@" + System.getProperty("forebay.root") + "/jvm.options", "-Xmx512m", "-cp",
                System.getProperty("java.class.path"), DraftCrashChild.class.getName(), directory.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        int last = -1;
        try (BufferedReader acks = new BufferedReader(
                new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = acks.readLine(); line != null; line = acks.readLine()) {
                if (line.startsWith("step ")) {
                    last = Integer.parseInt(line.substring("step ".length()));
                }
                if (last >= stepsMin) {
                    child.toHandle().destroyForcibly();
                }
            }
        }
        assertThat(child.waitFor()).as("exit code of the killed child").isEqualTo(128 + 9);
        return last;
    }

    private static Map<String, StoredRecord> oracle(int steps) {
        Map<String, StoredRecord> rows = new HashMap<>();
        for (int step = 0; step < steps; step++) {
            DraftCrashChild.changes(step).forEach(change -> {
                if (change.row() == null) {
                    rows.remove(change.id());
                } else {
                    rows.put(change.id(), change.row());
                }
            });
        }
        return rows;
    }
}
