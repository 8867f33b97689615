package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens on the connection itself: order, length, limits, half-closed and broken clients. */
class WireTest {
    private static final int BODY_MAX = 1 << 20;

    @TempDir
    static Path directory;

    private static TestServer server;
    private static String records;

    @BeforeAll
    static void start() {
        server = TestServer.start(directory, TestServer.options().withBodyBytes(BODY_MAX, BODY_MAX)
                .withPatience(1_000, 60_000, 3_000).withConnectionsMax(30).withBodyWait(200));
        records = server.collection("wire");
    }

    @AfterAll
    static void stop() {
        server.close();
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private static String add(String id) {
        return "{\"ids\":[\"" + id + "\"],\"embeddings\":[[1,2]]}";
    }

    private static double bytesInFlight() {
        return server.metrics.scrape().lines()
                .filter(l -> l.startsWith("forebay_http_bodies_in_flight_bytes "))
                .mapToDouble(l -> Double.parseDouble(l.substring(l.indexOf(' ')))).sum();
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        try (Wire wire = new Wire(server)) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 50; i++) {
                String body = add("pipe-" + i);
                all.append(Wire.head(records + "/add", body.length())).append(body);
                all.append("GET /api/v2/tenants/none-").append(i).append(" HTTP/1.1\r\nHost: h\r\n\r\n");
                all.append("GET ").append(records).append("/count HTTP/1.1\r\nHost: h\r\n\r\n");
            }
            wire.send(all.toString());
            int before = -1;
            for (int i = 0; i < 50; i++) {
                assertThat(wire.answer().status()).isEqualTo(201);
                assertThat(wire.answer().body()).contains("Tenant [none-" + i + "] not found");
                int count = Integer.parseInt(wire.answer().body());
                assertThat(before < 0 || count > before).isTrue();
                before = count;
            }
        }
    }

    @Test
    void aClientThatSendsNoMoreStillGetsEveryAnswer() throws IOException {
        try (Wire wire = new Wire(server)) {
            wire.post(records + "/upsert", add("half")).get(records + "/count").get("/api/v2/version");
            wire.socket.shutdownOutput();
            assertThat(wire.answer().status()).isEqualTo(200);
            assertThat(wire.answer().status()).isEqualTo(200);
            assertThat(wire.answer().body()).isEqualTo("\"1.0.0\"");
            assertThat(wire.isAtEnd()).isTrue();
        }
    }

    @Test
    void aBodyThatEndsTooEarlyIsForgotten() throws IOException {
        try (Wire wire = new Wire(server)) {
            wire.send(Wire.head(records + "/add", 1000)).send("{\"ids\":");
            wire.socket.shutdownOutput();
            assertThat(wire.isAtEnd()).isTrue();
        }
        await().until(() -> bytesInFlight() == 0);
    }

    @Test
    void aBodyOverTheLimitIsRefusedByItsLength() throws IOException {
        try (Wire wire = new Wire(server)) {
            wire.send(Wire.head(records + "/add", 10L << 30));
            Wire.Answer answer = wire.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.body()).isEqualTo("Payload too large");
            assertThat(answer.header("content-type")).isNull();
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(wire.isAtEnd()).isTrue();
        }
    }

    @Test
    void aBodyOfExactlyTheLimitIsRead() throws IOException {
        String body = add("limit");
        String padded = body + " ".repeat(BODY_MAX - body.length());
        try (Wire wire = new Wire(server)) {
            assertThat(wire.post(records + "/add", padded).answer().status()).isEqualTo(201);
            assertThat(wire.send(Wire.head(records + "/add", BODY_MAX + 1)).answer().status()).isEqualTo(413);
        }
    }

    @Test
    void aChunkedBodyIsRefusedWhenItPassesTheLimit() throws IOException {
        try (Wire wire = new Wire(server)) {
            wire.send("POST " + records + "/add HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
            String chunk = "10000\r\n" + " ".repeat(0x10000) + "\r\n";
            for (int i = 0; i < BODY_MAX / 0x10000 + 1; i++) {
                wire.send(chunk);
            }
            Wire.Answer answer = wire.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.body()).isEqualTo("Payload too large");
            assertThat(wire.isAtEnd()).isTrue();
        }
        await().until(() -> bytesInFlight() == 0);
    }

    @Test
    void aClientThatNeverStopsSendingIsCutOff() throws IOException {
        try (Wire wire = new Wire(server)) {
            wire.send(Wire.head(records + "/add", 10L << 30));
            byte[] zeros = new byte[1 << 20];
            assertThatThrownBy(() -> {
                for (int i = 0; i < 10_000; i++) {
                    wire.socket.getOutputStream().write(zeros);
                }
            }).isInstanceOf(IOException.class);
        }
    }

    @Test
    void chunksAreJoined() throws IOException {
        try (Wire wire = new Wire(server)) {
            String body = add("chunked");
            StringBuilder chunks = new StringBuilder("POST ").append(records).append("/add HTTP/1.1\r\n")
                    .append("Host: h\r\nTransfer-Encoding: chunked\r\n\r\n");
            body.chars().forEach(c -> chunks.append("1\r\n").append((char) c).append("\r\n"));
            wire.send(chunks.append("0\r\n\r\n").toString());
            assertThat(wire.answer().status()).isEqualTo(201);
            assertThat(wire.get("/api/v2/version").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void aClientMayAskBeforeItSends() throws IOException {
        String body = add("asked");
        String head = Wire.head(records + "/add", body.length()).strip() + "\r\nExpect: 100-continue\r\n\r\n";
        try (Wire wire = new Wire(server)) {
            assertThat(wire.send(head).answer().status()).isEqualTo(100);
            assertThat(wire.send(body).answer().status()).isEqualTo(201);
            String long1 = Wire.head(records + "/add", BODY_MAX + 1).strip()
                    + "\r\nExpect: 100-continue\r\n\r\n";
            assertThat(wire.send(long1).answer().status()).isEqualTo(413);
            assertThat(wire.isAtEnd()).isTrue();
        }
        try (Wire wire = new Wire(server)) {
            assertThat(wire.send(head.replace("/add", "/nowhere")).answer().status()).isEqualTo(404);
            assertThat(wire.isAtEnd()).isTrue();
        }
    }

    @Test
    void aRefusedBodyIsReadOverAndTheConnectionLivesOn() throws IOException {
        try (Wire wire = new Wire(server)) {
            String long1 = "x".repeat(200_000);
            assertThat(wire.post("/nowhere", long1).answer().status()).isEqualTo(404);
            assertThat(wire.post("/api/v2/version", long1).answer().status()).isEqualTo(405);
            assertThat(wire.send("POST " + records + "/add HTTP/1.1\r\nContent-Type: text/csv\r\n"
                    + "Content-Length: 5\r\n\r\na,b,c").answer().status()).isEqualTo(415);
            assertThat(wire.get("/api/v2/version").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void garbageIsAnsweredAndTheConnectionClosed() throws IOException {
        for (String garbage : List.of("\u0000\u0001\u0002\r\n\r\n", "hello\r\n\r\n",
                "GET / HTTP/9.9\r\n\r\n", "GET /api/v2/version FTP/1.1\r\n\r\n",
                "POST /api/v2/tenants HTTP/1.1\r\nContent-Length: x\r\n\r\n",
                "POST /api/v2/tenants HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
                "POST /api/v2/tenants HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "POST " + records + "/add HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")) {
            try (Wire wire = new Wire(server)) {
                Wire.Answer answer = wire.send(garbage).answer();
                assertThat(answer.status()).as(garbage).isIn(400, 505);
                assertThat(wire.isAtEnd()).as(garbage).isTrue();
            }
        }
    }

    @Test
    void headsThatAreTooLongAreRefused() throws IOException {
        try (Wire wire = new Wire(server)) {
            assertThat(wire.get("/" + "a".repeat(20_000)).answer().status()).isEqualTo(414);
        }
        try (Wire wire = new Wire(server)) {
            assertThat(wire.send("GET / HTTP/1.1\r\nX: " + "a".repeat(40_000) + "\r\n\r\n").answer().status())
                    .isEqualTo(431);
        }
    }

    @Test
    void anUpgradeToHttp2IsIgnored() throws IOException {
        try (Wire wire = new Wire(server)) {
            wire.send("GET /api/v2/version HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                    + "Upgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAAAAYABgAA\r\n\r\n");
            assertThat(wire.answer().body()).isEqualTo("\"1.0.0\"");
            assertThat(wire.get("/api/v2/version").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void connectionsCloseWhenTheClientSaysSo() throws IOException {
        try (Wire wire = new Wire(server)) {
            wire.send("GET /api/v2/version HTTP/1.0\r\n\r\n");
            assertThat(wire.answer().header("connection")).isNotEqualTo("keep-alive");
            assertThat(wire.isAtEnd()).isTrue();
        }
        try (Wire wire = new Wire(server)) {
            wire.send("GET /api/v2/version HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(wire.answer().header("connection")).isEqualTo("keep-alive");
            wire.send("GET http://h:1/api/v2/version?x#y HTTP/1.1\r\nConnection: close\r\n\r\n");
            assertThat(wire.answer().header("connection")).isEqualTo("close");
            assertThat(wire.isAtEnd()).isTrue();
        }
    }

    @Test
    void headSaysHowLongTheBodyWouldBe() throws IOException {
        try (Wire wire = new Wire(server)) {
            wire.send("HEAD /api/v2/version HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(wire.answer(false).header("content-length")).isEqualTo("7");
            assertThat(wire.get("/api/v2/version").answer().body()).isEqualTo("\"1.0.0\"");
        }
    }

    @Test
    void aBodyThatStallsTimesOut() throws IOException {
        try (Wire wire = new Wire(server)) {
            wire.send(Wire.head(records + "/add", 100)).send("{\"ids\"");
            assertThat(wire.answer().status()).isEqualTo(408);
            assertThat(wire.isAtEnd()).isTrue();
        }
        await().until(() -> bytesInFlight() == 0);
    }

    @Test
    void bodiesInFlightAreBounded() throws IOException {
        try (Wire first = new Wire(server); Wire second = new Wire(server)) {
            first.send(Wire.head(records + "/add", BODY_MAX - 1000)).send("{");
            await().until(() -> bytesInFlight() == BODY_MAX - 1000);
            String body = add("second") + " ".repeat(2000);
            Wire.Answer refused = second.post(records + "/add", body).answer();
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.body()).contains("\"error\":\"Backoff\"").contains("bodiesInFlightBytesMax");
            assertThat(Integer.parseInt(refused.header("retry-after"))).isBetween(1, 60);
            first.close();
            await().until(() -> bytesInFlight() == 0);
            assertThat(second.post(records + "/add", body).answer().status()).isEqualTo(201);
        }
    }

    @Test
    void oneConnectionTooManyIsToldSo() throws IOException {
        List<Wire> open = new java.util.ArrayList<>();
        try {
            await().untilAsserted(() -> {
                Wire wire = new Wire(server);
                open.add(wire);
                assertThat(wire.get("/api/v2/version").answer().status()).isEqualTo(503);
            });
            assertThat(open).hasSizeGreaterThan(10);
        } finally {
            for (Wire wire : open) {
                wire.close();
            }
        }
        await().until(() -> {
            try (Wire wire = new Wire(server)) {
                return wire.get("/api/v2/version").answer().status() == 200;
            }
        });
    }

    @Test
    void aTakenPortIsNamed() {
        HttpOptions same = TestServer.options().withAddress("127.0.0.1", server.server.port());
        assertThatThrownBy(() -> HttpServer.start(server.engine, same, server.metrics))
                .isInstanceOfSatisfying(ForebayException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessageContaining("cannot listen on 127.0.0.1:" + server.server.port());
        HttpOptions nowhere = TestServer.options().withAddress("no-such-host.invalid", 0);
        assertThatThrownBy(() -> HttpServer.start(server.engine, nowhere, server.metrics))
                .isInstanceOf(ForebayException.class).hasMessageContaining("no-such-host.invalid:0");
    }

    @Test
    void closingLetsARunningRequestFinishAndCutsOffWhatDoesNot(@TempDir Path own) throws Exception {
        HeldIndexer indexer = new HeldIndexer();
        try (TestServer held = TestServer.start(own, TestServer.options()
                .withPatience(30_000, 60_000, 2_000).withNativeTransport(false), indexer);
                var finishing = held.socket();
                var stuck = held.socket();
                var idle = held.socket()) {
            String count = "GET " + unapplied(held, indexer) + "/count HTTP/1.1\r\nForebay-Timeout-Millis: ";
            finishing.getOutputStream().write((count + "500\r\n\r\n").getBytes());
            stuck.getOutputStream().write((count + "60000\r\n\r\n").getBytes());
            idle.getOutputStream().write("GET /api/v2/version HTTP/1.1\r\n\r\n".getBytes());
            assertThat(idle.getInputStream().read()).isEqualTo('H');
            CompletableFuture<Void> closing = CompletableFuture.runAsync(held.server::close);
            String answer = new String(finishing.getInputStream().readAllBytes());
            assertThat(answer).startsWith("HTTP/1.1 504").contains("connection: close");
            idle.getInputStream().readAllBytes();
            closing.get(120, TimeUnit.SECONDS);
            assertThat(new String(stuck.getInputStream().readAllBytes())).isEmpty();
            assertThatThrownBy(() -> new java.net.Socket("127.0.0.1", held.server.port()).close())
                    .isInstanceOf(IOException.class);
            indexer.release();
        }
    }

    /** A collection with a write that is acked and not applied before the indexer is released. */
    private static String unapplied(TestServer held, HeldIndexer indexer) throws InterruptedException {
        String made = held.collection("held");
        indexer.hold();
        held.post(made + "/add", "{\"ids\":[\"a\"],\"embeddings\":[[1]]}");
        indexer.awaitHeld();
        held.post(made + "/add", "{\"ids\":[\"b\"],\"embeddings\":[[2]]}");
        return made;
    }

    @Test
    void originsAreAllowedWhenConfigured() throws IOException {
        try (HttpServer open = HttpServer.start(server.engine,
                TestServer.options().withCorsAllowOrigins(List.of("*")), new ServerMetrics());
                HttpServer listed = HttpServer.start(server.engine,
                        TestServer.options().withCorsAllowOrigins(List.of("http://a")),
                        new ServerMetrics())) {
            assertThat(cors(open, "http://b")).contains("HTTP/1.1 200")
                    .contains("access-control-allow-origin: *").contains("access-control-allow-methods: *")
                    .contains("access-control-max-age: 600").doesNotContain("allow-credentials");
            assertThat(cors(open, "http://b", "GET")).contains("access-control-expose-headers: ")
                    .contains("Forebay-Seq-Id", "Server-Timing", "X-Request-Id", "Retry-After");
            assertThat(cors(listed, "http://a")).contains("access-control-allow-origin: http://a");
            assertThat(cors(listed, "http://b")).doesNotContain("allow-origin");
        }
    }

    private static String cors(HttpServer of, String origin) throws IOException {
        return cors(of, origin, "OPTIONS");
    }

    private static String cors(HttpServer of, String origin, String method) throws IOException {
        try (var socket = new java.net.Socket("127.0.0.1", of.port())) {
            socket.getOutputStream().write((method + " /api/v2/version HTTP/1.1\r\nOrigin: " + origin
                    + "\r\nAccess-Control-Request-Method: POST\r\nConnection: close\r\n\r\n").getBytes());
            return new String(socket.getInputStream().readAllBytes());
        }
    }
}
