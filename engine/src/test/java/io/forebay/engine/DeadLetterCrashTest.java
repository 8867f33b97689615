package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.DeadLetter;
import io.forebay.model.GetRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.StoredRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process that sets batches aside, writes them again and discards them, at a random moment. Each batch that was
 * acknowledged is afterwards in the store or among the dead letters, never in both or in neither; one that was retried does
 * not come back over a later delete; one that was discarded stays away.
 */
class DeadLetterCrashTest {
    @TempDir
    Path directory;

    /** The last line of each step. */
    private final Map<Integer, String> said = new TreeMap<>();
    private final Map<Integer, Long> letters = new TreeMap<>();

    @Test
    void nothingSetAsideIsLostOrWrittenTwiceWhenTheProcessIsKilled() throws Exception {
        lives(12, 30, 350);
    }

    @Test
    @Tag("long")
    @Timeout(3600)
    void nothingSetAsideIsLostOrWrittenTwiceInManyLives() throws Exception {
        lives(60, 10, 1500);
    }

    private void lives(int count, int aliveMillisMin, int aliveMillisMax) throws Exception {
        Random random = new Random(TestStores.seed());
        for (int life = 0; life < count; life++) {
            live(random.nextInt(aliveMillisMin, aliveMillisMax));
            verify(life);
        }
    }

    private void live(int aliveMillis) throws IOException, InterruptedException {
        // The step under way when the last life ended may be there or not: its ids are not used again.
        int next = said.keySet().stream().max(Integer::compare).orElse(-2) + 2;
        List<String> command = List.of(ProcessHandle.current().info().command().orElse("java"),
                "@" + System.getProperty("forebay.root") + "/jvm.options", "-Xmx512m", "-cp",
                System.getProperty("java.class.path"), DeadLetterCrashChild.class.getName(),
                directory.toString(), Integer.toString(next));
        Process child = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        int acked = 0;
        try (BufferedReader acks = new BufferedReader(
                new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            long killAt = 0;
            for (String line = acks.readLine(); line != null; line = acks.readLine()) {
                String[] words = line.split(" ");
                if (words.length == 3 && Set.of("written", "retried", "deleted", "discarded")
                        .contains(words[0])) {
                    said.put(Integer.parseInt(words[1]), words[0]);
                    letters.put(Integer.parseInt(words[1]), Long.parseLong(words[2]));
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
        assertThat(acked).as("acked in this life").isPositive();
        assertThat(child.waitFor()).as("exit code of the killed child").isEqualTo(128 + 9);
    }

    private void verify(int life) {
        try (Forebay store = Forebay.open(directory, TestStores.small())) {
            UUID docs = TestStores.create(store, "docs");
            store.flush(docs, Position.APPLIED).join();
            List<DeadLetter> all = store.deadLetters(docs, 0, 1_000_000).join();
            Set<Long> kept = all.stream().map(DeadLetter::minSeqId).collect(Collectors.toSet());
            assertThat(store.status(docs).parkedEntries()).isEqualTo(kept.size());
            int last = said.keySet().stream().max(Integer::compare).orElseThrow();
            for (int step : said.keySet()) {
                String told = "life " + life + ", step " + step + " " + said.get(step) + ", letter "
                        + letters.get(step) + ", kept " + all;
                boolean isKept = kept.contains(letters.get(step));
                int found = found(store, docs, step);
                switch (said.get(step)) {
                    // The next thing may have been done and not said.
                    case "written" -> {
                        assertThat(found).as(told).isIn(0, DeadLetterCrashChild.RECORDS);
                        boolean isThere = found > 0;
                        boolean mayBeDiscarded = step == last && step % 7 == 6;
                        assertThat(isKept != isThere || mayBeDiscarded && !isKept).as(told).isTrue();
                        if (isKept) {
                            retryTwice(store, docs, step, told);
                        } else if (!isThere) {
                            said.put(step, "discarded");
                        }
                    }
                    case "retried" -> {
                        assertThat(isKept).as(told).isFalse();
                        if (step == last && step % 2 == 0 && found == 0) {
                            said.put(step, "deleted");
                        } else {
                            assertThat(found).as(told).isEqualTo(DeadLetterCrashChild.RECORDS);
                        }
                    }
                    default -> {
                        assertThat(isKept).as(told).isFalse();
                        assertThat(found).as(told).isZero();
                    }
                }
            }
        }
    }

    private void retryTwice(Forebay store, UUID docs, int step, String told) {
        long first = store.retryDeadLetter(docs, letters.get(step), WriteOptions.DEFAULT).join().maxSeqId();
        long again = store.retryDeadLetter(docs, letters.get(step), WriteOptions.DEFAULT).join().maxSeqId();
        assertThat(again).as(told).isEqualTo(first);
        assertThat(found(store, docs, step)).as(told).isEqualTo(DeadLetterCrashChild.RECORDS);
        said.put(step, "retried");
    }

    private static int found(Forebay store, UUID docs, int step) {
        List<StoredRecord> records = store.get(docs,
                new GetRequest(DeadLetterCrashChild.ids(step), null, null, 0, Set.of()), ReadOptions.DEFAULT)
                .join();
        return records.size();
    }
}
