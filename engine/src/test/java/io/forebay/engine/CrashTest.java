package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.MetadataValue;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.StoredRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a loading process with SIGKILL at a random moment, many lives in one directory, and checks each time against
 * what it had acknowledged: every acked step is there entirely and once; of the one step that may have been under way,
 * all or nothing; records, vectors and filters agree.
 */
class CrashTest {
    private static final int WRITERS = 4;
    /** Then a new one, or checking everything after each life would take longer than the life. */
    private static final int LIVES_OF_A_STORE = 8;

    @TempDir
    Path directory;

    private final int[] steps = new int[WRITERS];
    private Path store;

    @Test
    void nothingAckedIsLostWhenTheProcessIsKilled() throws Exception {
        lives(3, 200, 1200);
    }

    @Test
    @Tag("long")
    @Timeout(3600)
    void nothingAckedIsLostInManyLives() throws Exception {
        lives(100, 20, 2500);
    }

    private void lives(int count, int aliveMillisMin, int aliveMillisMax) throws Exception {
        Random random = new Random(TestStores.seed());
        for (int life = 0; life < count; life++) {
            if (life % LIVES_OF_A_STORE == 0) {
                store = Files.createDirectory(directory.resolve("store-" + life));
                Arrays.fill(steps, 0);
            }
            String durability = random.nextBoolean() ? "sync" : "os";
            live(durability, random.nextInt(aliveMillisMin, aliveMillisMax));
            verify(life);
        }
    }

    private void live(String durability, int aliveMillis) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(ProcessHandle.current().info().command().orElse("java"),
                        "@" + System.getProperty("forebay.root") + "/jvm.options", "-Xmx512m", "-cp",
                        System.getProperty("java.class.path"), CrashChild.class.getName(),
                        store.toString(), durability));
        Arrays.stream(steps).forEach(step -> command.add(Integer.toString(step)));
        Process child = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader acks = new BufferedReader(
                new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            long killAt = 0;
            int acked = 0;
            for (String line = acks.readLine(); line != null; line = acks.readLine()) {
                String[] words = line.split(" ");
                if (words.length == 3 && words[0].equals("acked")) {
                    steps[Integer.parseInt(words[1])] = Integer.parseInt(words[2]) + 1;
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
            assertThat(acked).as("steps acked in this life").isPositive();
        }
        assertThat(child.waitFor()).as("exit code of the killed child").isEqualTo(128 + 9);
    }

    private void verify(int life) {
        try (Forebay opened = Forebay.open(store, TestStores.small())) {
            for (int writer = 0; writer < WRITERS; writer++) {
                UUID collection = TestStores.create(opened, CrashOracle.collectionOf(writer));
                Map<String, StoredRecord> found = read(opened, collection, "w" + writer + "-");
                Map<String, Integer> versions = new TreeMap<>();
                found.forEach((id, record) -> versions.put(id, version(record)));
                Map<String, Integer> acked = CrashOracle.stateAfter(writer, steps[writer]);
                Map<String, Integer> underWay = CrashOracle.stateAfter(writer, steps[writer] + 1);
                if (!versions.equals(acked)) {
                    assertThat(versions)
                            .as("writer %s after life %s, %s steps acked", writer, life, steps[writer])
                            .isEqualTo(underWay);
                    steps[writer]++;
                }
                found.forEach((id, record) -> assertThat(record.embedding()).as(id)
                        .containsExactly(CrashOracle.vector(id, version(record))));
                searchSome(opened, collection, versions);
            }
        }
    }

    private static Map<String, StoredRecord> read(Forebay store, UUID collection, String prefix) {
        GetRequest all = new GetRequest(null, null, null, 0,
                EnumSet.of(Include.METADATAS, Include.EMBEDDINGS));
        Map<String, StoredRecord> found = new TreeMap<>();
        for (StoredRecord record : store.get(collection, all, ReadOptions.DEFAULT).join()) {
            if (record.id().startsWith(prefix)) {
                assertThat(found.put(record.id(), record)).as("a second " + record.id()).isNull();
            }
        }
        return found;
    }

    private static void searchSome(Forebay store, UUID collection, Map<String, Integer> versions) {
        versions.entrySet().stream().filter(entry -> entry.getKey().endsWith("7")).limit(20)
                .forEach(entry -> {
                    float[] query = CrashOracle.vector(entry.getKey(), entry.getValue());
                    assertThat(store.query(collection, QueryRequest.nearest(query, 1), ReadOptions.DEFAULT)
                            .join().get(0).get(0)
                            .record().id()).isEqualTo(entry.getKey());
                });
    }

    private static int version(StoredRecord record) {
        Map<String, MetadataValue> metadata = record.metadata();
        assertThat(metadata).as(record.id()).isNotNull();
        return (int) ((MetadataValue.Int) metadata.get("version")).value();
    }
}
