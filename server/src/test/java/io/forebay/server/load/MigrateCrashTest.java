package io.forebay.server.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.client.CollectionClient;
import io.forebay.client.ForebayClient;
import io.forebay.model.CollectionConfig;
import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code forebay migrate} killed in the middle and resumed, as often as it takes. The oracle: at the end the command itself
 * compares all records and finds no difference, and no collection has a record too many.
 */
class MigrateCrashTest {
    private static final int COLLECTIONS = 3;
    private static final int DIMENSION = 64;

    @TempDir
    Path folder;

    private static RecordBatch batch(int from, int to) {
        RecordBatchBuilder batch = RecordBatch.builder(Operation.ADD);
        for (int i = from; i < to; i++) {
            float[] embedding = new float[DIMENSION];
            for (int j = 0; j < DIMENSION; j++) {
                embedding[j] = (float) Math.sin(i * 31.0 + j);
            }
            batch.record("r" + i, embedding, "text " + i, null, null);
        }
        return batch.build();
    }

    private ForebayProcess migrate(LoadServer from, LoadServer to, boolean resume) throws Exception {
        return ForebayProcess.start(folder.resolve("said"), resume
                ? List.of("migrate", "--from", from.url(), "--to", to.binaryUrl(), "--verify", "full",
                        "--state",
                        folder.resolve("state").toString(), "--resume")
                : List.of("migrate", "--from", from.url(), "--to", to.binaryUrl(), "--verify", "full",
                        "--state",
                        folder.resolve("state").toString()));
    }

    private static long there(LoadServer to) {
        try (ForebayClient client = to.client()) {
            return client.collections().stream().mapToLong(CollectionClient::count).sum();
        } catch (ForebayException goneMeanwhile) {
            return 0;
        }
    }

    private void run(int records, int kills, long seed) throws Exception {
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        try (LoadServer from = LoadServer.start(folder.resolve("from"));
                LoadServer to = LoadServer.start(folder.resolve("to"))) {
            try (ForebayClient client = from.client()) {
                for (int i = 0; i < COLLECTIONS; i++) {
                    CollectionClient made = client.createCollection("docs-" + i, CollectionConfig.DEFAULT);
                    for (int at = 0; at < records; at += 2_000) {
                        made.write(batch(at, Math.min(records, at + 2_000)));
                    }
                }
            }
            ForebayProcess migration = migrate(from, to, false);
            try {
                for (int i = 1; i <= kills; i++) {
                    ForebayProcess running = migration;
                    long until = random.nextLong(1, (long) COLLECTIONS * records * i / kills);
                    await().pollInterval(Duration.ofMillis(2)).atMost(Duration.ofSeconds(90))
                            .until(() -> !running.isAlive() || there(to) >= until);
                    migration.kill();
                    // One that was killed before it had begun left nothing to go on from.
                    boolean begun = Files.exists(folder.resolve("state"))
                            && Files.size(folder.resolve("state")) > 0;
                    migration = migrate(from, to, begun);
                }
                assertThat(migration.awaitEnd()).as(migration.said()).isZero();
            } finally {
                migration.close();
            }
            assertThat(migration.said()).contains("3 of 3 collections are there");
            assertThat(there(to)).isEqualTo((long) COLLECTIONS * records);
            try (ForebayClient client = from.client()) {
                assertThat(client.collections()).as("its forks are gone").hasSize(COLLECTIONS);
            }
        }
    }

    @Test
    @Timeout(value = 240, unit = TimeUnit.SECONDS)
    void killedInTheMiddleItGoesOnAndNothingIsMissingOrThereTwice() throws Exception {
        run(8_000, 2, Long.getLong("forebay.seed", System.nanoTime()));
    }

    @Test
    @Tag("long")
    @Timeout(value = 900, unit = TimeUnit.SECONDS)
    void itIsKilledManyTimes() throws Exception {
        run(60_000, 15, Long.getLong("forebay.seed", System.nanoTime()));
    }
}
