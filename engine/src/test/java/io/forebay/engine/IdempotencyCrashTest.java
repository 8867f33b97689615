package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.MetadataValue;
import io.forebay.model.ReadOptions;
import io.forebay.model.StoredRecord;
import io.forebay.model.WriteAck;
import io.forebay.wal.Wal;
import io.forebay.wal.WalConfig;
import io.forebay.wal.WalEntry;
import io.forebay.wal.WalReader;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
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
 * Kills a loading process with SIGKILL, life after life in one directory, and sends again with its key what was not
 * acknowledged, and much of what was. Each step must have been done exactly once: the records are those of the steps in
 * order, the collection counts as many operations as they have, and whatever was acked is answered as it was, also when
 * its entry of the log is purged.
 */
class IdempotencyCrashTest {
    private static final int WRITERS = 3;

    private record Answer(long minSeqId, long maxSeqId) {}

    @TempDir
    Path directory;

    private final int[] next = new int[WRITERS];
    private final List<IdempotencyOracle> oracles = new ArrayList<>();
    private final Map<String, Answer> answers = new HashMap<>();
    private final Random random = new Random(TestStores.seed());
    private int purgedAndKnown;

    @Test
    void everyStepIsDoneOnceWhenTheProcessIsKilled() throws Exception {
        lives(4, 300, 1200);
    }

    @Test
    @Tag("long")
    @Timeout(3600)
    void everyStepIsDoneOnceInManyLives() throws Exception {
        lives(60, 20, 2000);
    }

    private void lives(int count, int aliveMillisMin, int aliveMillisMax) throws Exception {
        for (int writer = 0; writer < WRITERS; writer++) {
            oracles.add(new IdempotencyOracle(writer));
        }
        for (int life = 0; life < count; life++) {
            // In one directory for all lives, so that it is the last checkpoint's rows and the log that remember.
            live(random.nextBoolean() ? "sync" : "os", random.nextInt(aliveMillisMin, aliveMillisMax));
            verify(life);
        }
        assertThat(purgedAndKnown).as("answers to retries of purged entries").isPositive();
    }

    private void live(String durability, int aliveMillis) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(ProcessHandle.current().info().command().orElse("java"),
                        "@" + System.getProperty("forebay.root") + "/jvm.options", "-Xmx512m", "-cp",
                        System.getProperty("java.class.path"), IdempotencyCrashChild.class.getName(),
                        directory.toString(), durability));
        for (int step : next) {
            command.add(Integer.toString(step));
        }
        Process child = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader acks = new BufferedReader(
                new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            long killAt = 0;
            for (String line = acks.readLine(); line != null; line = acks.readLine()) {
                String[] words = line.split(" ");
                if (words.length == 6 && words[0].equals("acked")) {
                    int writer = Integer.parseInt(words[1]);
                    int step = Integer.parseInt(words[2]);
                    answered(writer, step, new Answer(Long.parseLong(words[3]), Long.parseLong(words[4])),
                            Boolean.parseBoolean(words[5]));
                    next[writer] = Math.max(next[writer], step + 1);
                }
                if (killAt == 0) {
                    killAt = System.nanoTime() + aliveMillis * 1_000_000L;
                }
                if (System.nanoTime() > killAt) {
                    child.toHandle().destroyForcibly();
                }
            }
            assertThat(killAt).as("the child has acked something").isPositive();
        }
        assertThat(child.waitFor()).as("exit code of the killed child").isEqualTo(128 + 9);
    }

    /** The first answer to a step stands; of one that was never answered it is not known whether it was done. */
    private void answered(int writer, int step, Answer answer, boolean replayed) {
        String key = IdempotencyOracle.key(writer, step);
        Answer first = answers.putIfAbsent(key, answer);
        if (first != null) {
            assertThat(replayed).as(key + " was done again").isTrue();
            assertThat(answer).as(key).isEqualTo(first);
        }
    }

    private void verify(int life) {
        long oldestInLog = firstSeqIdInLog();
        try (Forebay store = Forebay.open(directory, IdempotencyCrashChild.options("os"))) {
            UUID docs = TestStores.create(store, "docs");
            for (int writer = 0; writer < WRITERS; writer++) {
                retry(store, docs, writer, next[writer]);
                next[writer]++;
                for (int i = 0; i < 30; i++) {
                    Answer answer = retry(store, docs, writer, random.nextInt(next[writer]));
                    purgedAndKnown += answer.maxSeqId < oldestInLog ? 1 : 0;
                }
                retry(store, docs, writer, 0);
            }
            Map<String, Integer> wanted = new TreeMap<>();
            long operations = 0;
            for (int writer = 0; writer < WRITERS; writer++) {
                IdempotencyOracle oracle = oracles.get(writer).advanceTo(next[writer]);
                wanted.putAll(oracle.state);
                operations += oracle.operations;
            }
            assertThat(versions(store, docs)).as("after life " + life).isEqualTo(wanted);
            assertThat(store.status(docs).operations()).as("operations after life " + life)
                    .isEqualTo(operations);
        }
    }

    private Answer retry(Forebay store, UUID docs, int writer, int step) {
        WriteAck ack = IdempotencyOracle.send(store, docs, writer, step).join();
        Answer answer = new Answer(ack.minSeqId(), ack.maxSeqId());
        answered(writer, step, answer, ack.replayed());
        return answer;
    }

    private long firstSeqIdInLog() {
        WalConfig config = WalConfig.defaults().withExtentBytes(2 << 20).withReserveBytesMin(0);
        try (Wal wal = Wal.open(directory.resolve("wal"), config); WalReader reader = wal.reader()) {
            WalEntry entry = reader.next();
            return entry == null ? 0 : entry.minSeqId();
        }
    }

    private static Map<String, Integer> versions(Forebay store, UUID docs) {
        Map<String, Integer> versions = new TreeMap<>();
        GetRequest all = new GetRequest(null, null, null, 0, EnumSet.of(Include.METADATAS));
        for (StoredRecord record : store.get(docs, all, ReadOptions.DEFAULT).join()) {
            Map<String, MetadataValue> metadata = record.metadata();
            assertThat(metadata).as(record.id()).isNotNull();
            versions.put(record.id(), (int) ((MetadataValue.Int) metadata.get("version")).value());
        }
        return versions;
    }
}
