package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.engine.ForebayOptions;
import io.forebay.engine.PressureOptions;
import io.forebay.model.LagPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Many connections that write small batches without a pause: every one gets on, and their shares are alike. Judged by
 * what each has been acked when all together have been acked so much, never by times.
 */
class ManyConnectionsTest {
    private static final int RECORDS = 4;
    /** Of the mean: neither may one connection have more, nor, as its inverse, less. */
    private static final double SPREAD_MAX = 4;

    @TempDir
    Path directory;

    private final ExecutorService clients = Executors.newCachedThreadPool();
    private TestServer server;
    private String records;

    @AfterEach
    void stop() {
        clients.shutdownNow();
        server.close();
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private void start(LagPolicy policy, long recordsMax, HttpOptions http) {
        ForebayOptions engine = TestServer.engineOptions().withPressure(PressureOptions.defaults()
                .withLag(policy, recordsMax, 1_000_000).withLagDelayMillisMax(60_000));
        server = TestServer.start(directory, http, engine);
        records = server.collection("many");
    }

    private static String batch(String prefix, int number) {
        StringBuilder ids = new StringBuilder();
        StringBuilder embeddings = new StringBuilder();
        for (int i = 0; i < RECORDS; i++) {
            ids.append(i == 0 ? "" : ",").append('"').append(prefix).append('-').append(number).append('-')
                    .append(i).append('"');
            embeddings.append(i == 0 ? "" : ",").append("[1,").append(number).append(',')
                    .append(prefix.hashCode() % 1000).append(',').append(i).append(']');
        }
        return "{\"ids\":[" + ids + "],\"embeddings\":[" + embeddings + "]}";
    }

    @ParameterizedTest
    @CsvSource({"20,ACCEPT", "100,SLOW", "500,ACCEPT", "500,SLOW", "100,REJECT"})
    void everyConnectionGetsItsShare(int connections, LagPolicy policy) throws Exception {
        start(policy, 200, TestServer.options());
        int total = Math.max(2000, connections * 12);
        int[] acked = writeUntil(connections, total);
        report(connections + " connections, " + policy, acked);
        assertFair(acked);
        assertThat(server.get(records + "/count").body())
                .isEqualTo(Integer.toString(RECORDS * (connections + Arrays.stream(acked).sum())));
        await().until(() -> server.metrics.scrape().contains("forebay_http_bodies_in_flight_bytes 0.0"));
        assertThat(server.metrics.scrape()).contains("forebay_held_acks 0\n");
    }

    /** Batches acked of each connection when there were so many in all. */
    private int[] writeUntil(int connections, int total) throws Exception {
        AtomicInteger all = new AtomicInteger();
        CountDownLatch open = new CountDownLatch(connections);
        List<Future<Integer>> running = new ArrayList<>();
        for (int c = 0; c < connections; c++) {
            String prefix = "c" + c;
            running.add(clients.submit(() -> {
                try (Wire wire = new Wire(server)) {
                    // Its first one does not count: until all are there, those that came early have more of the server.
                    write(wire, batch(prefix, -1));
                    open.countDown();
                    open.await();
                    int mine = 0;
                    while (all.get() < total) {
                        write(wire, batch(prefix, mine));
                        mine++;
                        all.incrementAndGet();
                    }
                    return mine;
                }
            }));
        }
        int[] acked = new int[connections];
        for (int c = 0; c < connections; c++) {
            acked[c] = running.get(c).get();
        }
        return acked;
    }

    /** Whoever is refused waits until the index is there, and tries again. */
    private void write(Wire wire, String body) throws IOException {
        while (true) {
            Wire.Answer answer = wire.post(records + "/add", body).answer();
            if (answer.status() == 201) {
                return;
            }
            assertThat(answer.status()).as(answer.body()).isEqualTo(429);
            assertThat(Integer.parseInt(answer.header("retry-after"))).isBetween(1, 60);
            assertThat(wire.post(records + "/flush", "{}").answer().status()).isEqualTo(200);
        }
    }

    private static void report(String what, int[] acked) {
        int[] sorted = acked.clone();
        Arrays.sort(sorted);
        System.out.println(what + ": batches of a connection min " + sorted[0] + ", median "
                + sorted[sorted.length / 2] + ", max " + sorted[sorted.length - 1]);
    }

    private static void assertFair(int[] acked) {
        double mean = Arrays.stream(acked).average().orElseThrow();
        assertThat(Arrays.stream(acked).min().orElseThrow()).as("the least share; mean " + mean)
                .isGreaterThan((int) (mean / SPREAD_MAX));
        assertThat(Arrays.stream(acked).max().orElseThrow()).as("the greatest share; mean " + mean)
                .isLessThan((int) Math.ceil(mean * SPREAD_MAX));
    }

    /** One that sends thousands of requests ahead of their answers has no more than one in work, like everyone. */
    @Test
    void aConnectionThatSendsManyRequestsAheadTakesNoShareOfTheOthers() throws Exception {
        start(LagPolicy.SLOW, 50, TestServer.options());
        AtomicInteger greedyAcked = new AtomicInteger();
        try (Wire greedy = new Wire(server)) {
            clients.submit(() -> {
                for (int i = 0; i < 5000; i++) {
                    greedy.post(records + "/add", batch("greedy", i));
                }
                return null;
            });
            clients.submit(() -> {
                while (greedy.answer().status() == 201) {
                    greedyAcked.incrementAndGet();
                }
                return null;
            });
            await().until(() -> greedyAcked.get() > 10);
            int before = greedyAcked.get();
            int[] acked = writeUntil(20, 20 * 20);
            // While nobody is held back it gets what the others leave: it never makes the server wait.
            report("20 connections beside one that had " + (greedyAcked.get() - before), acked);
            assertFair(acked);
        }
    }

    /** Small ones would fit again and again while the large one waits for room. */
    @Test
    void aLargeBodyGetsThroughBesideManySmallOnes() throws Exception {
        int large = 256 << 10;
        start(LagPolicy.ACCEPT, 1, TestServer.options().withBodyBytes(large, large).withBodyWait(60_000));
        AtomicInteger largeAcked = new AtomicInteger();
        Future<?> one = clients.submit(() -> {
            try (Wire wire = new Wire(server)) {
                for (int i = 0; i < 10; i++) {
                    String body = batch("large", i);
                    wire.post(records + "/add", body + " ".repeat(large - body.length()));
                    assertThat(wire.answer().status()).isEqualTo(201);
                    largeAcked.incrementAndGet();
                }
                return null;
            }
        });
        List<Future<?>> small = new ArrayList<>();
        for (int c = 0; c < 50; c++) {
            String prefix = "small" + c;
            small.add(clients.submit(() -> {
                try (Wire wire = new Wire(server)) {
                    for (int i = 0; largeAcked.get() < 10; i++) {
                        String body = batch(prefix, i);
                        wire.post(records + "/add", body + " ".repeat(large / 16 - body.length()));
                        assertThat(wire.answer().status()).isEqualTo(201);
                    }
                    return null;
                }
            }));
        }
        one.get();
        for (Future<?> each : small) {
            each.get();
        }
    }
}
