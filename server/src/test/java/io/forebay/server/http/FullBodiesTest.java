package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.engine.PressureOptions;
import io.forebay.model.LagPolicy;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies that find no room wait for it in the order of coming, over real connections. */
class FullBodiesTest {
    private static final int BODY_MAX = 1 << 20;

    @TempDir
    Path directory;

    private TestServer server;
    private String records;

    @BeforeEach
    void start() {
        server = TestServer.start(directory,
                TestServer.options().withBodyBytes(BODY_MAX, BODY_MAX).withBodyWait(60_000));
        records = server.collection("full");
    }

    @AfterEach
    void stop() {
        server.close();
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private static String add(String id, int bytes) {
        String body = "{\"ids\":[\"" + id + "\"],\"embeddings\":[[1,2]]}";
        return body + " ".repeat(bytes - body.length());
    }

    private double gauge(String name) {
        return server.metrics.scrape().lines().filter(l -> l.startsWith(name + " "))
                .mapToDouble(l -> Double.parseDouble(l.substring(l.indexOf(' ')))).sum();
    }

    private void awaitWaiting(int count) {
        await().until(() -> gauge("forebay_http_bodies_waiting") == count);
    }

    @Test
    void aLargeBodyIsServedBeforeSmallOnesThatCameLater() throws IOException {
        try (Wire first = new Wire(server); Wire large = new Wire(server); Wire small = new Wire(server)) {
            String half = add("first", BODY_MAX / 2);
            first.send(Wire.head(records + "/add", half.length())).send(half.substring(0, 10));
            await().until(() -> gauge("forebay_http_bodies_in_flight_bytes") == BODY_MAX / 2);
            large.post(records + "/add", add("large", BODY_MAX));
            awaitWaiting(1);
            small.post(records + "/add", add("small", 100));
            awaitWaiting(2);
            first.send(half.substring(10));
            assertThat(first.answer().status()).isEqualTo(201);
            long largeSeqId = seqId(large.answer());
            assertThat(seqId(small.answer())).isGreaterThan(largeSeqId);
        }
        await().until(() -> gauge("forebay_http_bodies_in_flight_bytes") == 0);
    }

    private static long seqId(Wire.Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return Long.parseLong(answer.header("forebay-seq-id"));
    }

    @Test
    void whoLeavesTheQueueHoldsNobodyBack() throws IOException {
        try (Wire first = new Wire(server); Wire gone = new Wire(server); Wire small = new Wire(server)) {
            String half = add("first", BODY_MAX / 2);
            first.send(Wire.head(records + "/add", half.length())).send(half.substring(0, 10));
            await().until(() -> gauge("forebay_http_bodies_in_flight_bytes") == BODY_MAX / 2);
            gone.send(Wire.head(records + "/add", BODY_MAX));
            awaitWaiting(1);
            small.post(records + "/add", add("small", 100));
            awaitWaiting(2);
            gone.close();
            assertThat(small.answer().status()).isEqualTo(201);
            first.send(half.substring(10));
            assertThat(first.answer().status()).isEqualTo(201);
        }
        await().until(() -> gauge("forebay_http_bodies_in_flight_bytes") == 0);
    }

    @Test
    void aBodyOfUnknownLengthWaitsForItsTurnToo() throws IOException {
        try (Wire first = new Wire(server); Wire chunked = new Wire(server)) {
            String most = add("first", BODY_MAX - 100);
            first.send(Wire.head(records + "/add", most.length())).send(most.substring(0, 10));
            await().until(() -> gauge("forebay_http_bodies_in_flight_bytes") == BODY_MAX - 100);
            String body = add("chunked", 100);
            chunked.send("POST " + records + "/add HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n64\r\n" + body + "\r\n0\r\n\r\n");
            awaitWaiting(1);
            first.send(most.substring(10));
            assertThat(first.answer().status()).isEqualTo(201);
            assertThat(chunked.answer().status()).isEqualTo(201);
        }
    }

    /** Acks that are held back must not take the room of those who come. */
    @Test
    void aWriteThatWaitsForItsAckHoldsNoBody() throws IOException {
        server.close();
        server = TestServer.start(directory, TestServer.options().withBodyBytes(BODY_MAX, BODY_MAX),
                TestServer.engineOptions().withPressure(TestServer.engineOptions().pressure()
                        .withLag(LagPolicy.SLOW, 1, 1_000_000).withLagDelayMillisMax(300)));
        try (Wire one = new Wire(server); Wire two = new Wire(server)) {
            one.post(records + "/add", add("one", BODY_MAX));
            two.post(records + "/add", add("two", BODY_MAX));
            assertThat(one.answer().status()).isEqualTo(201);
            assertThat(two.answer().status()).isEqualTo(201);
        }
        await().until(() -> gauge("forebay_http_bodies_in_flight_bytes") == 0);
    }

    @Test
    void aboveTheMemorysWatermarkABodyIsNotEvenRead() throws IOException {
        try (Wire wire = new Wire(server)) {
            assertThat(wire.post(records + "/add", add("before", 100)).answer().status()).isEqualTo(201);
            // Any heap in use is more than none: the watermark of one percent is reached once a collection has been seen.
            byte[][] needed = new byte[32][];
            for (int i = 0; i < needed.length; i++) {
                needed[i] = new byte[1 << 20];
            }
            server.engine.pressure(PressureOptions.defaults().withMemoryWatermarkPercent(1));
            System.gc();
            await().until(() -> server.engine.stats().pressure().memoryState() == 2);
            wire.send(Wire.head(records + "/add", 100));
            Wire.Answer refused = wire.answer();
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.body()).contains("memoryWatermarkPercent 1");
            assertThat(server.metrics.scrape())
                    .contains("forebay_refused_writes_total{reason=\"memory\"} 1.0");
            server.engine.pressure(PressureOptions.defaults());
            wire.send(" ".repeat(100)).post(records + "/add", add("after", 100));
            assertThat(wire.answer().status()).isEqualTo(201);
            assertThat(needed.length).isEqualTo(32);
        }
    }
}
