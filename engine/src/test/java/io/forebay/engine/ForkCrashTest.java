package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.model.CollectionInfo;
import io.forebay.model.Database;
import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.ReadOptions;
import io.forebay.model.StoredRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process that forks one collection again and again, at a random moment. Each fork that was acknowledged is there
 * with all that its source had then; the one under way is there entirely or not at all; and of those that are not there
 * nothing is left, neither in RocksDB nor on disk.
 */
class ForkCrashTest {
    @TempDir
    Path directory;

    private int step;

    @Test
    void aForkIsThereEntirelyOrNotAtAllWhenTheProcessIsKilled() throws Exception {
        lives(2, 50, 600);
    }

    @Test
    @Tag("long")
    @Timeout(3600)
    void aForkIsThereEntirelyOrNotAtAllInManyLives() throws Exception {
        lives(80, 10, 1500);
    }

    private void lives(int count, int aliveMillisMin, int aliveMillisMax) throws Exception {
        Random random = new Random(TestStores.seed());
        for (int life = 0; life < count; life++) {
            live(random.nextBoolean() ? "sync" : "os", random.nextInt(aliveMillisMin, aliveMillisMax));
            verify(life);
        }
    }

    private void live(String durability, int aliveMillis) throws IOException, InterruptedException {
        List<String> command = List.of(ProcessHandle.current().info().command().orElse("java"),
                "@" + System.getProperty("forebay.root") + "/jvm.options", "-Xmx512m", "-cp",
                System.getProperty("java.class.path"), ForkCrashChild.class.getName(),
                directory.toString(), durability, Integer.toString(step));
        Process child = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        int acked = 0;
        try (BufferedReader acks = new BufferedReader(
                new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            long killAt = 0;
            for (String line = acks.readLine(); line != null; line = acks.readLine()) {
                String[] words = line.split(" ");
                if (words.length == 2 && words[0].equals("acked")) {
                    step = Integer.parseInt(words[1]) + 1;
                    acked++;
                }
                if (killAt == 0) {
                    killAt = System.nanoTime() + aliveMillis * 1_000_000L;
                }
                if (System.nanoTime() > killAt) {
                    // Not child.destroyForcibly(): that closes the pipe with acks still in it.
                    child.toHandle().destroyForcibly();
                }
            }
        }
        assertThat(acked).as("steps acked in this life").isPositive();
        assertThat(child.waitFor()).as("exit code of the killed child").isEqualTo(128 + 9);
    }

    private void verify(int life) throws IOException {
        try (Forebay store = Forebay.open(directory, TestStores.small())) {
            Set<String> found = new TreeSet<>();
            for (CollectionInfo info : store.collections(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE,
                    null, 0)) {
                found.add(info.name());
                if (!info.name().equals(ForkCrashChild.SOURCE)) {
                    int of = Integer.parseInt(info.name().substring("fork-".length()));
                    assertThat(of).as("life %s", life).isBetween(step - 3, step);
                    checkFork(store, info.id(), of);
                }
            }
            List<String> expected = new ArrayList<>();
            for (int acked = Math.max(0, step - 2); acked < step; acked++) {
                expected.add(ForkCrashChild.forkOf(acked));
            }
            assertThat(found).as("after life %s", life).containsAll(expected);
            checkNothingElse(store);
            step += found.contains(ForkCrashChild.forkOf(step)) ? 1 : 0;
        }
    }

    private static void checkFork(Forebay store, UUID id, int of) {
        GetRequest all = new GetRequest(null, null, null, 0, EnumSet.of(Include.EMBEDDINGS));
        List<StoredRecord> records = store.get(id, all, ReadOptions.DEFAULT).join();
        assertThat(records).as("fork %s", of).hasSize(ForkCrashChild.idsAt(of).size());
        assertThat(records.stream().map(StoredRecord::id).collect(Collectors.toSet())).as("fork %s", of)
                .isEqualTo(ForkCrashChild.idsAt(of));
        for (StoredRecord record : records) {
            int number = Integer.parseInt(record.id().substring(record.id().indexOf('-') + 1));
            assertThat(record.embedding()).as(record.id())
                    .containsExactly(TestStores.vector(number, Forks.DIMENSION));
        }
        assertThat(Forks.nearest(store, id, 4_321, 1).getFirst()).startsWith("base-4321 ");
    }

    private void checkNothingElse(Forebay store) throws IOException {
        await().until(() -> store.removalsWaiting() == 0);
        Set<Integer> known = store.store.catalog.all().stream().map(runtime -> runtime.number)
                .collect(Collectors.toSet());
        try (Stream<Path> directories = Files.list(directory.resolve("vectors"))) {
            assertThat(directories.map(it -> Integer.parseInt(it.getFileName().toString())))
                    .isSubsetOf(known);
        }
        for (int number = 1; number < step + 200; number++) {
            if (!known.contains(number)) {
                assertThat(store.store.records.state(number).appliedSeqId()).as("number %s", number).isZero();
            }
        }
        assertThat(store.health().reasons()).isEmpty();
    }
}
