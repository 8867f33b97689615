package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.forebay.client.ForebayClient;
import io.forebay.server.auth.Authentication;
import io.forebay.server.auth.Rates;
import io.forebay.server.auth.Role;
import io.forebay.server.auth.TokenStore;
import io.forebay.server.binary.BinaryOptions;
import io.forebay.server.binary.BinaryServer;
import io.forebay.server.ops.Readiness;
import io.forebay.server.ops.RequestLog;
import io.forebay.server.ops.ServerOps;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who tried what, and what it cost him: those who may not, who guess, and who do not wait for the answer. */
class RefusedTest {
    private static final String DATABASE = "/api/v2/tenants/default_tenant/databases/default_database";

    @TempDir
    Path directory;

    private Path audit;

    @AfterAll
    static void nothingLeaks() {
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private ServerOps ops(Rates rates) {
        audit = directory.resolve("audit.log");
        return ServerOps.open(Readiness.opening(), new RequestLog(0, false), rates,
                new ServerOps.Audit(audit, 1 << 20, 3), null, null);
    }

    @FunctionalInterface
    private interface Work {
        void with(TestServer server, String token) throws Exception;
    }

    /** With a token that may read; the lines of the audit log afterwards. */
    private List<Map<String, Object>> audited(Rates rates, Work work) throws Exception {
        Tokens tokens = new Tokens(directory);
        String reader = tokens.make("reader", Role.READ);
        try (TokenStore store = TokenStore.open(tokens.file);
                ServerOps ops = ops(rates);
                TestServer server = TestServer.start(directory.resolve("store"), TestServer.options(), store,
                        ops)) {
            work.with(server, reader);
        }
        return Files.readAllLines(audit).stream().map(TestJson::object).toList();
    }

    private static int status(TestServer server, String token, String method, String path) {
        HttpResponse<String> answer = server.send(HttpRequest.newBuilder(server.uri(path))
                .header("x-chroma-token", token).method(method, HttpRequest.BodyPublishers.noBody()));
        return answer.statusCode();
    }

    @Test
    void whoIsRefusedIsNamedAndHisLinesAreBounded() throws Exception {
        List<Map<String, Object>> lines = audited(Rates.NONE, (server, token) -> {
            for (int i = 0; i < 200; i++) {
                assertThat(status(server, token, "DELETE", DATABASE)).isEqualTo(403);
            }
        });
        assertThat(lines).hasSizeBetween(1, 100).allSatisfy(line -> assertThat(line)
                .containsEntry("action", "database.drop").containsEntry("result", "refused")
                .containsEntry("token", "reader"));
    }

    @Test
    void aStrangerWhoIsOverHisRateWritesNoMoreLinesThanOthers() throws Exception {
        List<Map<String, Object>> lines = audited(new Rates(1, 0), (server, token) -> {
            for (int i = 0; i < 200; i++) {
                assertThat(status(server, "wrong", "DELETE", DATABASE)).isIn(401, 429);
            }
        });
        assertThat(lines).hasSizeBetween(1, 100);
    }

    @Test
    void whatIsNotAllowedAndWhatLeadsNowhereCostsARequestToo() throws Exception {
        audited(new Rates(1, 0), (server, token) -> {
            assertThat(IntStream.range(0, 20).map(i -> status(server, token, "DELETE", DATABASE)))
                    .contains(403, 429);
            assertThat(IntStream.range(0, 20).map(i -> status(server, "", "GET", "/nowhere"))).contains(404,
                    429);
            assertThat(IntStream.range(0, 20).map(i -> status(server, token, "GET", "/livez")))
                    .containsOnly(200);
            assertThat(IntStream.range(0, 20).map(i -> status(server, token, "GET", "/api/v2/version")))
                    .containsOnly(200);
        });
    }

    @Test
    void theBytesOfARefusedBodyCount() throws Exception {
        audited(new Rates(0, 1000), (server, token) -> {
            HttpResponse<String> refused = server
                    .send(HttpRequest.newBuilder(server.uri(DATABASE + "/collections"))
                            .header("x-chroma-token", token).header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(" ".repeat(100_000))));
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(status(server, token, "GET", "/api/v2/auth/identity")).isEqualTo(429);
        });
    }

    @Test
    void whoGuessesTokensOverTheBinaryPortIsSlowedDownAndSeen() throws Exception {
        List<Map<String, Object>> lines = audited(new Rates(1, 0), (server, token) -> {
            try (BinaryServer binary = BinaryServer.start(server.server.shared(),
                    BinaryOptions.at("127.0.0.1", 0))) {
                StringBuilder told = new StringBuilder();
                for (int i = 0; i < 5; i++) {
                    told.append(catchThrowable(lag(binary.port(), "guess-" + i)).getMessage()).append('\n');
                }
                assertThat(told.toString()).contains("requests_per_second");
            }
        });
        assertThat(lines).isNotEmpty().first().satisfies(line -> assertThat(line)
                .containsEntry("action", "auth.refused").containsEntry("route", "binary hello")
                .containsEntry("address", "127.0.0.1").containsEntry("token", ""));
    }

    private static ThrowingCallable lag(int port, String token) {
        return () -> {
            try (ForebayClient client = ForebayClient.builder(URI.create("forebay://127.0.0.1:" + port))
                    .token(token)
                    .backoffAttemptsMax(0).retries(0).build()) {
                client.lag();
            }
        };
    }

    /** As one who does not want to be seen: sends, and resets the connection before the answer. */
    private static void sendAndReset(TestServer server, String tenant) throws IOException {
        String body = "{\"name\":\"" + tenant + "\"}";
        try (Socket socket = server.socket()) {
            socket.setSoLinger(true, 0);
            socket.getOutputStream()
                    .write(("POST /api/v2/tenants HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
                            + "application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
        }
    }

    @Test
    void whatIsDoneForSomebodyWhoHasHungUpIsInTheLogToo() throws Exception {
        List<String> made;
        try (ServerOps ops = ops(Rates.NONE);
                TestServer server = TestServer.start(directory.resolve("store"), TestServer.options(),
                        Authentication.OFF, ops)) {
            for (int i = 0; i < 50; i++) {
                sendAndReset(server, "tenant-" + i);
            }
            made = IntStream.range(0, 50).mapToObj(i -> "tenant-" + i)
                    .filter(name -> server.get("/api/v2/tenants/" + name).statusCode() == 200).toList();
        }
        List<Object> named = Files.readAllLines(audit).stream().map(line -> TestJson.object(line).get("name"))
                .toList();
        assertThat(made).as("some were not cut off too early").isNotEmpty();
        assertThat(named).containsAll(made);
    }
}
