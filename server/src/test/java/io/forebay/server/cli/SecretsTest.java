package io.forebay.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.server.auth.Limits;
import io.forebay.server.auth.Role;
import io.forebay.server.auth.TokenFile;
import io.forebay.server.auth.TokenStore;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All that a server writes about itself at its most talkative, searched for what it was told in confidence. */
@Tag("long")
class SecretsTest {
    private static final String KEY = "sk-embedding-SECRETKEY0001";
    private static final String SIGNATURE = "SECRETSIGNATURE0002";
    private static final String WRONG = "SECRETWRONG0003";
    private static final String DOCUMENT = "SECRETDOCUMENT0004";

    @TempDir
    Path directory;

    private ServerProcess server;
    private String token;

    private int send(HttpClient client, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.address.resolve(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(body.isEmpty()
                ? request.GET().build()
                : request.header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "json"})
    void noLogHasASecret(String format) throws Exception {
        TokenFile file = new TokenFile(directory.resolve("tokens"));
        token = TokenStore.create(file, "ops", Role.ADMIN, Limits.NONE, Instant.now(), null);
        Map<String, String> settings = new HashMap<>(
                Map.of("log.level", "trace", "log.format", format, "log.requests",
                        "true", "log.slow_query_millis", "1", "auth.tokens_file", file.path().toString(),
                        "imports.allowed_hosts", "127.0.0.1", "imports.allow_private_hosts", "true"));
        Path key = Files.writeString(directory.resolve("key"), KEY);
        settings.put("imports.connections",
                "{\"cloud\":{\"kind\":\"openai\",\"url\":\"http://127.0.0.1:1/v1\",\"model\":\"m\","
                        + "\"key_variable\":\"FOREBAY_TEST_KEY\",\"dimension\":2,\"patience_ms\":100}}");
        ServerProcess process = new ServerProcess(directory, settings,
                Map.of("FOREBAY_TEST_KEY", Files.readString(key)));
        server = process;
        try (process; HttpClient client = HttpClient.newHttpClient()) {
            work(client);
            server.terminate();
            server.process.waitFor();
        }
        List<String> written = List.of(Files.readString(server.log),
                Files.readString(server.store.resolve("audit/audit.log")));
        assertThat(written.get(0)).as("it said something").contains("request_id", "ops");
        String secret = token.substring(token.length() - 16);
        for (String text : written) {
            assertThat(text).doesNotContain(secret, KEY, SIGNATURE, WRONG, DOCUMENT,
                    Base64.getEncoder().encodeToString(("u:" + token).getBytes(StandardCharsets.UTF_8))
                            .substring(4, 40));
        }
    }

    private void work(HttpClient client) throws Exception {
        String collections = "/api/v2/tenants/default_tenant/databases/default_database/collections";
        String basic = Base64.getEncoder().encodeToString(("u:" + token).getBytes(StandardCharsets.UTF_8));
        assertThat(send(client, "/api/v2/auth/identity", "", "x-chroma-token", token)).isEqualTo(200);
        assertThat(send(client, "/api/v2/auth/identity", "", "Authorization", "Basic " + basic))
                .isEqualTo(200);
        assertThat(send(client, "/api/v2/auth/identity", "", "Authorization", "Bearer " + WRONG))
                .isEqualTo(401);
        assertThat(send(client, "/api/v2/auth/identity?token=" + WRONG, "", "X-Request-Id", "a " + WRONG))
                .isEqualTo(401);
        assertThat(send(client, collections, "{\"name\":\"docs\"}", "x-chroma-token", token)).isEqualTo(200);
        assertThat(send(client, collections + "/no-id/add",
                "{\"ids\":[\"a\"],\"documents\":[\"" + DOCUMENT + "\"]}",
                "x-chroma-token", token)).isGreaterThanOrEqualTo(400);
        send(client, collections, "{\"name\":\"" + DOCUMENT, "x-chroma-token", token);
        assertThat(
                send(client, "/api/etl/upload",
                        "{\"url\":\"http://127.0.0.1:1/a.jsonl?X-Amz-Signature=" + SIGNATURE
                                + "\",\"collection_name\":\"docs\"}",
                        "x-chroma-token", token))
                .isEqualTo(202);
        assertThat(send(client, "/api/forebay/embed",
                "{\"texts\":[\"" + DOCUMENT + "\"],\"connection\":\"cloud\"}",
                "x-chroma-token", token)).isGreaterThanOrEqualTo(400);
        try (Socket broken = new Socket("127.0.0.1", server.address.getPort())) {
            broken.getOutputStream().write(("GET /x HTTP/9.9\r\nx-chroma-token: " + token + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            broken.getInputStream().readAllBytes();
        }
        await().until(() -> Files.readString(server.log).contains("/api/etl/upload"));
    }
}
