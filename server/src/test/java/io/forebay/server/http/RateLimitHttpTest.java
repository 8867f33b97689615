package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.client.ForebayClient;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.server.auth.Authentication;
import io.forebay.server.auth.Limits;
import io.forebay.server.auth.Rates;
import io.forebay.server.auth.Role;
import io.forebay.server.auth.TokenStore;
import io.forebay.server.binary.BinaryOptions;
import io.forebay.server.binary.BinaryServer;
import io.forebay.server.ops.Readiness;
import io.forebay.server.ops.RequestLog;
import io.forebay.server.ops.ServerOps;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rates over the ports; what they are exactly is {@code RateLimitsTest}'s matter, which has its own clock. */
class RateLimitHttpTest {
    @TempDir
    Path directory;

    @AfterAll
    static void nothingLeaks() {
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private static ServerOps ops(long requests, long bytes) {
        return ServerOps.open(Readiness.opening(), new RequestLog(0, false), new Rates(requests, bytes),
                ServerOps.Audit.OFF, null, null);
    }

    private TestServer start(ServerOps ops, Authentication authentication) {
        return TestServer.start(directory.resolve("store"), TestServer.options(), authentication, ops);
    }

    @Test
    void whoIsOverTheRateIsToldWhenToComeAgainAndProbesStillAnswer() {
        try (ServerOps ops = ops(1, 0); TestServer server = start(ops, Authentication.OFF)) {
            HttpResponse<String> refused = IntStream.range(0, 50)
                    .mapToObj(i -> server.get("/api/v2/tenants/default_tenant"))
                    .filter(answer -> answer.statusCode() == 429).findFirst().orElseThrow();
            assertThat(refused.body()).contains("Backoff",
                    "This address is over its limit requests_per_second (1)");
            assertThat(refused.headers().firstValue("Retry-After")).contains("1");
            for (int i = 0; i < 10; i++) {
                assertThat(server.get("/livez").statusCode()).isEqualTo(200);
                assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
            }
            assertThat(server.metrics.scrape()).containsPattern(
                    "forebay_rate_limited_total\\{limit=\"requests_per_second\"\\} [1-9]");
        }
    }

    @Test
    void bytesAreThoseOfBodies() {
        try (ServerOps ops = ops(0, 1000); TestServer server = start(ops, Authentication.OFF)) {
            String docs = server.collection("docs");
            String large = "{\"ids\":[\"a\"],\"embeddings\":[[1]],\"documents\":[\"" + "x".repeat(100_000)
                    + "\"]}";
            assertThat(server.post(docs + "/add", large).statusCode()).as("is made up for afterwards")
                    .isEqualTo(201);
            HttpResponse<String> refused = server.get(docs + "/count");
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.body()).contains("bytes_per_second (1000)");
            assertThat(refused.headers().firstValue("Retry-After")).contains("60");
        }
    }

    @Test
    void aTokenHasItsOwnRateAndWhoGuessesIsSlowedDown() throws Exception {
        Tokens tokens = new Tokens(directory);
        String free = tokens.make("free", Role.ADMIN);
        String slow = TokenStore.create(tokens.file, "slow", Role.READ, Limits.NONE, Instant.now(), null,
                new Rates(1, 0));
        assertThat(Files.readString(tokens.file.path())).contains("\"requests_per_second\":1}");
        try (TokenStore store = TokenStore.open(tokens.file);
                ServerOps ops = ops(1000, 0);
                TestServer server = start(ops, store);
                BinaryServer binary = BinaryServer.start(server.server.shared(),
                        BinaryOptions.at("127.0.0.1", 0))) {
            String path = "/api/v2/auth/identity";
            assertThat(IntStream.range(0, 20).map(i -> as(server, slow, path).statusCode())).contains(429);
            assertThat(as(server, slow, path + "?again").body()).contains("Token 'slow'");
            assertThat(IntStream.range(0, 20).map(i -> as(server, free, path).statusCode()))
                    .containsOnly(200);
            try (ForebayClient client = ForebayClient
                    .builder(URI.create("forebay://127.0.0.1:" + binary.port())).token(slow)
                    .backoffAttemptsMax(0)
                    .retries(0).build()) {
                assertThatThrownBy(() -> IntStream.range(0, 20).forEach(i -> client.lag()))
                        .hasMessageContaining("requests_per_second (1)").isInstanceOfSatisfying(
                                ForebayException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKOFF));
            }
        }
        try (TokenStore store = TokenStore.open(tokens.file);
                ServerOps ops = ops(1, 0);
                TestServer server = start(ops, store)) {
            assertThat(IntStream.range(0, 20)
                    .map(i -> as(server, "guess-" + i, "/api/v2/auth/identity").statusCode()))
                    .contains(401, 429);
        }
    }

    private static HttpResponse<String> as(TestServer server, String token, String path) {
        return server.send(HttpRequest.newBuilder(server.uri(path)).header("x-chroma-token", token).GET());
    }
}
