package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.forebay.server.auth.Limits;
import io.forebay.server.auth.Role;
import io.forebay.server.auth.TokenStore;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A server that asks for tokens: how they are sent, what is shown to whom, and what happens when they change. */
class AuthTest {
    private static final String V2 = "/api/v2";
    private static final String IDENTITY = V2 + "/auth/identity";
    private static final String A = V2 + "/tenants/tenant-a/databases";
    private static final String TOKEN = "x-chroma-token";

    @TempDir
    static Path directory;

    private static Tokens tokens;
    private static TokenStore store;
    private static TestServer server;
    private static String admin;
    private static String adminOfA;
    private static String reader;
    private static String collection;

    @BeforeAll
    static void start() {
        tokens = new Tokens(directory);
        admin = tokens.make("boss", Role.ADMIN);
        adminOfA = tokens.make("a-boss", Role.ADMIN, "tenant-a", Limits.ANY);
        reader = tokens.make("reader", Role.READ, "tenant-a", "one");
        store = TokenStore.open(tokens.file);
        server = TestServer.start(directory.resolve("store"), TestServer.options()
                .withCorsAllowOrigins(List.of("*")).withPatience(500, 60_000, 3_000),
                TestServer.engineOptions(),
                store);
        assertThat(post("/api/v2/tenants", "{\"name\":\"tenant-b\"}", admin).statusCode()).isEqualTo(200);
        assertThat(post("/api/v2/tenants", "{\"name\":\"tenant-a\"}", adminOfA).statusCode()).isEqualTo(200);
        for (String name : List.of("one", "two", "thr")) {
            assertThat(post(A, "{\"name\":\"" + name + "\"}", adminOfA).statusCode()).isEqualTo(200);
        }
        String id = null;
        for (String name : List.of("two", "one")) {
            HttpResponse<String> made = post(A + "/" + name + "/collections", "{\"name\":\"docs\"}",
                    adminOfA);
            id = (String) TestJson.object(made.body()).get("id");
        }
        collection = A + "/one/collections/" + id;
    }

    @AfterAll
    static void stop() {
        server.close();
        store.close();
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private static HttpResponse<String> get(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(path)).GET();
        return server.send(headers.length == 0 ? request : request.headers(headers));
    }

    private static HttpResponse<String> post(String path, String body, String token) {
        return server.send(HttpRequest.newBuilder(server.uri(path)).header(TOKEN, token)
                .header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes());
    }

    @Test
    void aTokenMayComeInAnyOfTheHeadersThatClientsUse() {
        for (String[] header : new String[][]{{TOKEN, reader}, {"X-Chroma-Token", reader},
                {"Authorization", "Bearer " + reader}, {"authorization", "bearer " + reader},
                {"Authorization", basic("reader:" + reader)}, {"Authorization", basic(":" + reader)},
                {TOKEN, reader, "Authorization", "Bearer nonsense"}}) {
            assertThat(get(IDENTITY, header).statusCode()).as(header[0]).isEqualTo(200);
        }
        for (String[] header : new String[][]{{"Authorization", reader}, {"Authorization", "Bearer"},
                {"Authorization", "Basic " + reader}, {"Authorization", "Basic"},
                {"Authorization", "Digest x"},
                {"Authorization", basic("reader")}, {TOKEN, "Bearer " + reader}, {TOKEN, ""}, {TOKEN, "fb_"},
                {TOKEN, "fb_reader_"}, {TOKEN, "fb_reader"}, {TOKEN, reader.toUpperCase()},
                {TOKEN, reader + "x"},
                {TOKEN, "nonsense", "Authorization", "Bearer " + reader}, {"Cookie", TOKEN + "=" + reader}}) {
            assertThat(get(IDENTITY, header).statusCode()).as(String.join(" ", header)).isEqualTo(401);
        }
        assertThat(get(IDENTITY + "?token=" + reader + "&x-chroma-token=" + reader).statusCode())
                .isEqualTo(401);
    }

    @Test
    void refusalsHaveTheFormThatClientsKnow() {
        HttpResponse<String> missing = get(IDENTITY);
        assertThat(TestJson.object(missing.body())).containsEntry("error", "ChromaError")
                .containsKey("message");
        assertThat(missing.headers().firstValue("chroma-trace-id")).isPresent();
        assertThat(TestJson.object(get(IDENTITY, TOKEN, "fb_x_y").body()).get("message"))
                .isEqualTo("The token is not known here, was revoked or has expired");
        HttpResponse<String> forbidden = post(A, "{\"name\":\"new\"}", reader);
        assertThat(forbidden.statusCode()).isEqualTo(403);
        assertThat(forbidden.body()).isEqualTo("{\"error\":\"ChromaError\","
                + "\"message\":\"Token 'reader' has the role read, this takes admin\"}");
    }

    @Test
    void identityTellsTheTruth() {
        assertThat(get(IDENTITY, TOKEN, reader).body())
                .isEqualTo("{\"user_id\":\"reader\",\"tenant\":\"tenant-a\","
                        + "\"databases\":[\"one\"],\"attributes\":{\"role\":\"read\",\"tenants\":[\"tenant-a\"]}}");
        assertThat(get(IDENTITY, TOKEN, admin).body()).isEqualTo("{\"user_id\":\"boss\",\"tenant\":\"*\","
                + "\"databases\":[\"*\"],\"attributes\":{\"role\":\"admin\",\"tenants\":[\"*\"]}}");
    }

    @Test
    void listsShowWhatTheTokenAllows() {
        assertThat(TestJson.parse(get(A, TOKEN, adminOfA).body())).asList().hasSize(3);
        assertThat(get(A, TOKEN, reader).body()).contains("\"one\"").doesNotContain("\"two\"");
        assertThat(get(A + "?offset=1", TOKEN, reader).body()).isEqualTo("[]");
        assertThat(get(A + "?limit=2&offset=1", TOKEN, adminOfA).body()).contains("\"thr\"", "\"two\"")
                .doesNotContain("\"one\"");
        assertThat(get("/api/forebay/lag", TOKEN, reader).body()).contains("\"database\":\"one\"")
                .doesNotContain("\"database\":\"two\"");
        assertThat(get("/api/forebay/lag", TOKEN, admin).body()).contains("\"database\":\"two\"");
    }

    @Test
    void anAdminWithLimitsMakesOnlyWhatLiesInThem() {
        assertThat(post("/api/v2/tenants", "{\"name\":\"tenant-c\"}", adminOfA).statusCode()).isEqualTo(403);
        String limited = tokens.make("of-one", Role.ADMIN, "tenant-a", "fresh");
        await().until(() -> get(IDENTITY, TOKEN, limited).statusCode() == 200);
        assertThat(post(A, "{\"name\":\"stale\"}", limited).statusCode()).isEqualTo(403);
        assertThat(post(A, "{\"name\":\"fresh\"}", limited).statusCode()).isEqualTo(200);
        // Whether it is there or not makes no difference.
        assertThat(get(A + "/two", TOKEN, limited).body()).isEqualTo(get(A + "/none", TOKEN, limited).body())
                .contains("is limited to");
        assertThat(
                server.send(HttpRequest.newBuilder(server.uri(A + "/fresh")).header(TOKEN, limited).DELETE())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aResourceNameThatSoundsLikeWhatATokenAllowsIsNot() {
        String limited = tokens.make("of-ghost", Role.ADMIN, "ghost-tenant", Limits.ANY);
        await().until(() -> get(IDENTITY, TOKEN, limited).statusCode() == 200);
        assertThat(patch("/api/v2/tenants/tenant-b", "{\"resource_name\":\"ghost-tenant\"}", limited))
                .isEqualTo(403);
        assertThat(patch("/api/v2/tenants/tenant-b", "{\"resource_name\":\"ghost-tenant\"}", admin))
                .isEqualTo(200);
        String b = V2 + "/tenants/tenant-b/databases";
        assertThat(post(b, "{\"name\":\"dbb\"}", admin).statusCode()).isEqualTo(200);
        assertThat(post(b + "/dbb/collections", "{\"name\":\"docs\"}", admin).statusCode()).isEqualTo(200);
        String there = V2 + "/collections/ghost-tenant:dbb:";
        assertThat(get(there + "docs", TOKEN, admin).statusCode()).isEqualTo(200);
        assertThat(get(there + "docs", TOKEN, limited).body())
                .isEqualTo(get(there + "none", TOKEN, limited).body().replace(":none", ":docs"));
        assertThat(get(there + "docs", TOKEN, limited).statusCode()).isEqualTo(404);
        assertThat(get(V2 + "/collections/tenant-a:one:docs", TOKEN, reader).statusCode()).isEqualTo(200);
        assertThat(get(V2 + "/collections/tenant-a:two:docs", TOKEN, reader).statusCode()).isEqualTo(404);
        assertThat(get(V2 + "/collections/tenant-a", TOKEN, reader).statusCode()).isEqualTo(400);
    }

    private static int patch(String path, String body, String token) {
        return server.send(HttpRequest.newBuilder(server.uri(path)).header(TOKEN, token)
                .header("Content-Type", "application/json").method("PATCH", BodyPublishers.ofString(body)))
                .statusCode();
    }

    @Test
    void healthSaysItsReasonsOnlyToThoseWhoMaySeeAll() {
        assertThat(get("/healthz").body()).isEqualTo("{\"status\":\"green\",\"reasons\":[]}");
        assertThat(get("/healthz", TOKEN, "wrong").statusCode()).isEqualTo(200);
        assertThat(get("/healthz", TOKEN, admin).statusCode()).isEqualTo(200);
    }

    @Test
    void aBrowsersPreFlightNeedsNoTokenAndMaySendOne() throws IOException {
        try (Wire wire = new Wire(server)) {
            wire.send("OPTIONS " + collection + "/get HTTP/1.1\r\nHost: h\r\nOrigin: http://a\r\n"
                    + "Access-Control-Request-Method: POST\r\n"
                    + "Access-Control-Request-Headers: authorization\r\n\r\n");
            Wire.Answer answer = wire.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("access-control-allow-headers")).contains("authorization");
            assertThat(wire.get(collection + "/count").answer().status()).isEqualTo(401);
        }
    }

    @Test
    void aBodyIsRefusedBeforeItComes() throws IOException {
        long large = 30L << 20;
        try (Wire wire = new Wire(server)) {
            wire.send(Wire.head(collection + "/add", large));
            assertThat(wire.answer().status()).isEqualTo(401);
        }
        try (Wire wire = new Wire(server)) {
            wire.send(Wire.head(collection + "/add", 1L << 40));
            assertThat(wire.answer().status()).isEqualTo(401);
            assertThat(wire.isAtEnd()).isTrue();
        }
        try (Wire wire = new Wire(server)) {
            wire.send(Wire.head(collection + "/add", 100).replace("Host: h",
                    "Host: h\r\nx-chroma-token: " + reader + "\r\nExpect: 100-continue"));
            assertThat(wire.answer().status()).isEqualTo(403);
        }
        try (Wire wire = new Wire(server)) {
            wire.post(collection + "/add", "{\"ids\":[]}").get("/api/v2/version");
            assertThat(wire.answer().status()).isEqualTo(401);
            assertThat(wire.answer().status()).as("the connection lives on").isEqualTo(200);
        }
        assertThat(server.metrics.scrape()).contains("forebay_http_bodies_in_flight_bytes 0");
    }

    @Test
    void tokensAreChangedWithoutARestart() throws IOException {
        String old = tokens.make("loader", Role.WRITE);
        await().until(() -> get(IDENTITY, TOKEN, old).statusCode() == 200);
        String next = tokens.make("loader-2", Role.WRITE);
        await().until(() -> get(IDENTITY, TOKEN, next).statusCode() == 200);
        assertThat(get(IDENTITY, TOKEN, old).statusCode()).as("both for a while").isEqualTo(200);
        tokens.file.remove(Set.of("loader"));
        await().until(() -> get(IDENTITY, TOKEN, old).statusCode() == 401);
        assertThat(get(IDENTITY, TOKEN, next).statusCode()).isEqualTo(200);
    }

    @Test
    void theFeedOfARevokedTokenEnds() throws IOException {
        String follower = tokens.make("follower", Role.READ);
        await().until(() -> get(IDENTITY, TOKEN, follower).statusCode() == 200);
        try (Wire wire = new Wire(server); Wire other = new Wire(server)) {
            for (Wire each : List.of(wire, other)) {
                each.send("GET " + collection + "/changes HTTP/1.1\r\nHost: h\r\nx-chroma-token: "
                        + (each == wire ? follower : reader) + "\r\n\r\n");
                assertThat(each.answer().status()).isEqualTo(200);
            }
            tokens.file.remove(Set.of("follower"));
            readToTheEnd(wire);
            other.socket.setSoTimeout(700);
            assertThatThrownBy(() -> readToTheEnd(other)).isInstanceOf(SocketTimeoutException.class);
        }
    }

    private static void readToTheEnd(Wire wire) throws IOException {
        while (!wire.isAtEnd()) {
            continue;
        }
    }

    @Test
    void noTokenIsEverWrittenAnywhere() throws IOException {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        ListAppender<ILoggingEvent> all = new ListAppender<>();
        all.start();
        root.addAppender(all);
        root.setLevel(Level.TRACE);
        StringBuilder answers = new StringBuilder();
        try {
            for (String header : List.of(TOKEN + ": " + reader, "Authorization: Bearer " + reader)) {
                for (String path : List.of(IDENTITY, A + "/two", collection + "/count", "/metrics",
                        "/healthz",
                        collection + "/count?read_level=wrong", "/nowhere", V2 + "/reset", "/%zz")) {
                    for (String body : List.of("", "Content-Length: 3\r\n")) {
                        try (Wire wire = new Wire(server)) {
                            wire.send((body.isEmpty() ? "GET " : "POST ") + path + " HTTP/1.1\r\nHost: h\r\n"
                                    + header
                                    + "\r\n" + body + "\r\n" + (body.isEmpty() ? "" : "abc"));
                            Wire.Answer answer = wire.answer();
                            answers.append(answer.body()).append(answer.headers());
                        }
                    }
                }
            }
            answers.append(get("/metrics", TOKEN, admin).body());
        } finally {
            root.setLevel(before);
            root.detachAppender(all);
        }
        String secret = reader.substring(reader.indexOf("reader_") + 7);
        assertThat(List.copyOf(all.list)).extracting(ILoggingEvent::getFormattedMessage)
                .noneMatch(line -> line.contains(secret));
        assertThat(answers.toString()).doesNotContain(secret);
        assertThat(Files.readString(tokens.file.path())).doesNotContain(secret);
    }
}
