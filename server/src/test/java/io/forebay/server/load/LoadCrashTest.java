package io.forebay.server.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.client.CollectionLag;
import io.forebay.client.FlushPosition;
import io.forebay.client.ForebayClient;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.StoredRecord;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code forebay load} while it, or its server, is killed. The oracle: afterwards every record of the file is there, and
 * the server has acknowledged exactly as many record operations as there are records, so none was done twice.
 */
class LoadCrashTest {
    private static final int DIMENSION = 6;

    @TempDir
    Path folder;
    private Path file;
    private int port;
    private ForebayProcess server;

    private static float component(int record, int i) {
        return (float) Math.cos(record * 17.0 + i);
    }

    private void write(int records) throws Exception {
        file = folder.resolve("records.jsonl");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int record = 0; record < records; record++) {
                StringBuilder line = new StringBuilder("{\"id\":\"r" + record + "\",\"embedding\":[");
                for (int i = 0; i < DIMENSION; i++) {
                    line.append(i == 0 ? "" : ",").append(component(record, i));
                }
                out.write(line + "],\"document\":\"text " + record + "\",\"metadata\":{\"n\":" + record
                        + "}}\n");
            }
        }
    }

    /** Below those that the kernel gives to whoever asks for any: it stays free while the server is away. */
    private static int freePort() throws IOException {
        while (true) {
            try (ServerSocket free = new ServerSocket(ThreadLocalRandom.current().nextInt(20_000, 32_000))) {
                return free.getLocalPort();
            } catch (BindException taken) {
                // the next one
            }
        }
    }

    private void startServer() throws Exception {
        server = ForebayProcess.start(folder.resolve("server.log"), List.of("run", "--path",
                folder.resolve("store").toString(), "--host", "127.0.0.1", "--port", "" + port));
    }

    private ForebayProcess startLoad(String... more) throws Exception {
        List<String> arguments = new java.util.ArrayList<>(
                List.of("load", file.toString(), "-c", "docs", "--port",
                        "" + port, "--batch-size", "20", "--wait", "none", "--json"));
        arguments.addAll(List.of(more));
        return ForebayProcess.start(folder.resolve("load.log"), arguments);
    }

    private ForebayClient client() {
        return ForebayClient.connect("http://127.0.0.1:" + port);
    }

    /** -1 while nobody knows. */
    private long operations() {
        try (ForebayClient client = client()) {
            return client.lag().stream().mapToLong(CollectionLag::operations).sum();
        } catch (ForebayException away) {
            return -1;
        }
    }

    private void awaitOperations(long wanted, ForebayProcess load) {
        await().pollInterval(Duration.ofMillis(5)).atMost(Duration.ofSeconds(90))
                .until(() -> !load.isAlive() || operations() >= wanted);
    }

    private void run(int records, int kills, long seed) throws Exception {
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        write(records);
        port = freePort();
        startServer();
        await().atMost(Duration.ofSeconds(60)).until(() -> operations() >= 0);
        ForebayProcess load = startLoad("--concurrency", "3");
        try {
            for (int i = 1; i <= kills; i++) {
                awaitOperations(random.nextLong(1, (long) records * i / kills), load);
                if (random.nextInt(2) == 0 || i == 1) {
                    load.kill();
                    load = startLoad("--concurrency", "3");
                }
                if (random.nextInt(2) == 0 || i == 2) {
                    server.kill();
                    startServer();
                }
            }
            // A load that was started while the server was away or at opening its store says so; the same command goes on.
            for (int again = 0; load.awaitEnd() != 0 && again < kills; again++) {
                assertThat(load.said()).containsAnyOf("cannot connect", "The store is being opened");
                await().atMost(Duration.ofSeconds(60)).until(() -> operations() >= 0);
                load = startLoad("--concurrency", "3");
            }
            assertThat(load.awaitEnd()).as(load.said()).isZero();
            assertEachOnce(records, load);
        } finally {
            load.close();
            server.close();
        }
    }

    private void assertEachOnce(int records, ForebayProcess load) throws Exception {
        assertThat(operations()).as(load.said()).isEqualTo(records);
        try (ForebayClient client = client()) {
            var docs = client.collection("docs");
            docs.flush(FlushPosition.APPLIED);
            assertThat(docs.count()).isEqualTo(records);
            for (int from = 0; from < records; from += 1_000) {
                String[] ids = new String[Math.min(1_000, records - from)];
                for (int i = 0; i < ids.length; i++) {
                    ids[i] = "r" + (from + i);
                }
                List<StoredRecord> found = docs.get(GetRequest.ofIds(ids));
                assertThat(found).hasSize(ids.length).allSatisfy(record -> {
                    int number = Integer.parseInt(record.id().substring(1));
                    assertThat(record.document()).isEqualTo("text " + number);
                    assertThat(record.embedding()[1]).isEqualTo(component(number, 1));
                });
            }
        }
    }

    @Test
    @Timeout(value = 240, unit = TimeUnit.SECONDS)
    void loaderAndServerAreKilledAndNothingIsLostOrDoneTwice() throws Exception {
        run(6_000, 2, Long.getLong("forebay.seed", System.nanoTime()));
    }

    @Test
    @Tag("long")
    @Timeout(value = 900, unit = TimeUnit.SECONDS)
    void theyAreKilledManyTimes() throws Exception {
        run(60_000, 30, Long.getLong("forebay.seed", System.nanoTime()));
    }

    @Test
    @Timeout(value = 240, unit = TimeUnit.SECONDS)
    void aStoppedLoadSaysHowToGoOnAndDoes() throws Exception {
        write(4_000);
        port = freePort();
        startServer();
        try {
            await().atMost(Duration.ofSeconds(60)).until(() -> operations() >= 0);
            ForebayProcess load = startLoad("--concurrency", "1");
            awaitOperations(100, load);
            load.interrupt();
            int code = load.awaitEnd();
            assertThat(code).as(load.said()).isIn(143, 0);
            if (code != 0) {
                assertThat(load.said()).contains("The same command goes on from " + file + ".forebay-load");
            }
            ForebayProcess again = startLoad();
            assertThat(again.awaitEnd()).as(again.said()).isZero();
            assertThat(again.said().toLowerCase(Locale.ROOT)).contains("goes on from");
            assertEachOnce(4_000, again);
        } finally {
            server.close();
        }
    }
}
