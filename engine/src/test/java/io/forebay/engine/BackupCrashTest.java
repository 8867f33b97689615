package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.engine.backup.Backups;
import io.forebay.engine.backup.Repository;
import io.forebay.engine.backup.Restoring;
import io.forebay.engine.backup.Restoring.Wish;
import io.forebay.engine.backup.Verifying;
import io.forebay.model.ForebayException;
import io.forebay.model.ReadOptions;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process that makes backup after backup, and one that restores, at random moments: a backup is there as a whole
 * or not at all, and half a restore is not taken for a store.
 */
class BackupCrashTest {
    @TempDir
    Path temp;

    private final Map<String, Integer> made = new TreeMap<>();
    private int step;

    @Test
    void aBackupOrARestoreIsThereAsAWholeOrNotAtAllWhenTheProcessIsKilled() throws Exception {
        lives(2, 2, 600);
    }

    @Test
    @Tag("long")
    @Timeout(3600)
    void aBackupOrARestoreIsThereAsAWholeOrNotAtAllInManyLives() throws Exception {
        lives(40, 60, 1500);
    }

    private void lives(int creates, int restores, int aliveMillisMax) throws Exception {
        Random random = new Random(TestStores.seed());
        for (int life = 0; life < creates; life++) {
            child(random.nextInt(50, aliveMillisMax), true, "create", temp.resolve("store").toString(),
                    temp.resolve("backups").toString(), Integer.toString(step));
            checkBackups();
        }
        for (int life = 0; life < restores; life++) {
            Path target = temp.resolve("restored-" + life);
            child(random.nextInt(100), false, "restore", temp.resolve("backups").toString(),
                    target.toString());
            checkRestored(target);
        }
    }

    private Repository repository() {
        return new Repository(temp.resolve("backups"));
    }

    /** @param begun the time begins with its first line */
    private void child(int aliveMillis, boolean begun, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(ProcessHandle.current().info().command().orElse("java"),
                        "@" + System.getProperty("forebay.root") + "/jvm.options", "-Xmx512m", "-cp",
                        System.getProperty("java.class.path"), BackupCrashChild.class.getName()));
        command.addAll(List.of(arguments));
        Process child = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            note(lines.readLine());
            Thread killer = Thread.ofVirtual().start(() -> {
                Awaitility.await().pollDelay(Duration.ofMillis(aliveMillis)).until(() -> true);
                // Not child.destroyForcibly(): that closes the pipe with lines still in it.
                child.toHandle().destroyForcibly();
            });
            lines.lines().forEach(this::note);
            killer.join();
        }
        int code = child.waitFor();
        if (begun) {
            assertThat(code).as("exit code of the killed child").isEqualTo(128 + 9);
        }
    }

    private void note(String line) {
        assertThat(line).as("first line of the child").isNotNull();
        String[] words = line.split(" ");
        if (words[0].equals("backup")) {
            step = Integer.parseInt(words[1]) + 1;
            made.put(words[2], step);
        }
    }

    private void checkBackups() throws Exception {
        assertThat(repository().list()).allMatch(found -> found.problem() == null);
        List<String> found = repository().list().stream().map(Repository.Found::id).toList();
        assertThat(found).containsAll(made.keySet()).hasSizeLessThanOrEqualTo(made.size() + 1);
        for (String id : found) {
            assertThat(Verifying.run(repository(), id, read -> {})).isEmpty();
            made.putIfAbsent(id, step + 1);
        }
        String last = found.getLast();
        Path target = temp.resolve("restored-" + last);
        new Restoring(repository(), read -> {}).run(new Wish(last, null, null), target);
        checkStore(target, made.get(last));
        // The next change removes what the killed one left.
        try (Forebay store = Forebay.open(temp.resolve("store"), TestStores.smallOs());
                Backups backups = new Backups(store, repository().directory(), List.of(), false)) {
            assertThat(temp.resolve("store/backup.tmp")).doesNotExist();
            backups.delete(found.getFirst());
            made.remove(found.getFirst());
            long needed = repository().manifests().stream().flatMap(it -> it.poolNames().stream()).distinct()
                    .count();
            try (Stream<Path> pool = Files.list(repository().directory().resolve("pool"))) {
                assertThat(pool.count()).isEqualTo(needed);
            }
        }
    }

    private void checkRestored(Path target) {
        if (!Files.exists(target) || isEmpty(target)) {
            // It was killed before it had made anything.
            new Restoring(repository(), read -> {}).run(new Wish(null, null, null), target);
        }
        try {
            checkStore(target, made.get(repository().manifests().getLast().id()));
        } catch (ForebayException unfinished) {
            assertThat(unfinished).hasMessageContaining("a restore that was not finished");
        }
        if (Files.exists(target.resolve("restore.tmp")) && onlyThat(target)) {
            new Restoring(repository(), read -> {}).run(new Wish(null, null, null), target);
            checkRestored(target);
        } else {
            assertThatThrownBy(
                    () -> new Restoring(repository(), read -> {}).run(new Wish(null, null, null), target))
                    .hasMessageContaining("is not empty");
        }
    }

    private static boolean isEmpty(Path target) {
        String[] names = target.toFile().list();
        return names != null && names.length == 0;
    }

    private static boolean onlyThat(Path target) {
        String[] names = target.toFile().list();
        return names != null && names.length == 1;
    }

    private static void checkStore(Path target, int steps) {
        try (Forebay opened = Forebay.open(target, TestStores.smallOs())) {
            assertThat(opened.count(TestStores.create(opened, "docs"), ReadOptions.DEFAULT).join())
                    .isEqualTo(steps * BackupCrashChild.STEP);
            assertThat(opened.health().reasons()).isEmpty();
        }
    }
}
