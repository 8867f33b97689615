package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.client.ForebayClient;
import io.forebay.engine.history.History;
import io.forebay.engine.history.HistoryChecker;
import io.forebay.engine.history.RandomClient;
import io.forebay.model.CollectionConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients with connections of their own write and read one collection at every level, while its settings are changed;
 * what they were answered is compared with the order of the log.
 */
class HttpHistoryTest {
    private static final int CLIENTS = 4;
    private static final int SECONDS = 3;
    private static final List<String> SETTINGS = List.of("\"batch_ingest\":false", "\"batch_ingest\":true",
            "\"durability\":\"sync\"", "\"durability\":\"os\"", "\"read_level\":\"index_only\"",
            "\"read_level\":\"index_and_bounded_wal\"");

    @TempDir
    Path directory;

    @Test
    void everyAnswerIsTheStateAtTheOnePositionThatItTells() throws Exception {
        Long given = Long.getLong("forebay.seed");
        long seed = given == null ? System.nanoTime() : given;
        System.err.println("seed=" + seed + " (repeat with -Dforebay.seed=" + seed + ")");
        History history = new History();
        ExecutorService threads = Executors.newCachedThreadPool();
        try (TestServer server = TestServer.start(directory)) {
            String path = server.collection("docs");
            AtomicBoolean done = new AtomicBoolean();
            AtomicLong stamps = new AtomicLong();
            List<Future<Void>> running = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                int number = client;
                running.add(threads.submit(() -> client(server, number, history, stamps, seed)));
            }
            Future<Integer> switches = threads.submit(() -> switchUntil(done, server, path));
            for (Future<Void> one : running) {
                one.get();
            }
            done.set(true);
            assertThat(switches.get()).isPositive();
        } finally {
            threads.shutdownNow();
        }
        HistoryChecker checker = new HistoryChecker();
        assertThat(checker.check(history)).as("seed %s", seed).isEmpty();
        assertThat(checker.checkedReads()).isGreaterThan(20);
        assertThat(checker.checkedWrites()).isGreaterThan(20);
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private static Void client(TestServer server, int number, History history, AtomicLong stamps, long seed) {
        try (ForebayClient connection = ForebayClient.connect(server.uri("").toString())) {
            RandomClient client = new RandomClient(number,
                    new HttpTarget(connection.getOrCreateCollection("docs", CollectionConfig.DEFAULT)),
                    history,
                    stamps, seed);
            long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
            while (System.nanoTime() < end) {
                client.step();
            }
            client.readAll();
            return null;
        }
    }

    private static int switchUntil(AtomicBoolean done, TestServer server, String path) {
        int switches = 0;
        while (!done.get()) {
            String setting = SETTINGS.get(switches % SETTINGS.size());
            var request = java.net.http.HttpRequest.newBuilder(server.uri(path))
                    .header("Content-Type", "application/json")
                    .PUT(java.net.http.HttpRequest.BodyPublishers
                            .ofString("{\"new_configuration\":{" + setting + "}}"));
            assertThat(server.send(request).statusCode()).isEqualTo(200);
            switches++;
        }
        return switches;
    }
}
