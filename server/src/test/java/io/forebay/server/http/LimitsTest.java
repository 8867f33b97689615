package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.engine.CatalogLimits;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/limits.md says of requests and reads, asked over HTTP; other tests have the rest. */
class LimitsTest {
    @TempDir
    static Path directory;

    private static TestServer server;
    private static String docs;

    @BeforeAll
    static void start() {
        server = TestServer.start(directory);
        docs = server.collection("docs");
        server.post(docs + "/add",
                "{\"ids\":[\"a\",\"b\"],\"embeddings\":[[1],[2]],\"documents\":[\"one\",\"two\"]}");
    }

    @AfterAll
    static void stop() {
        server.close();
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private static void isRefused(HttpResponse<String> answer, String limit) {
        assertThat(answer.body()).contains("InvalidArgumentError", limit);
        assertThat(answer.statusCode()).isEqualTo(400);
    }

    private static HttpResponse<String> document(String filter) {
        return server.post(docs + "/get", "{\"where_document\":" + filter + "}");
    }

    private static String repeated(String what, int count) {
        return IntStream.range(0, count).mapToObj(i -> what).collect(Collectors.joining(","));
    }

    @Test
    void aRequestLineHeadersAndAPathHaveTheirBounds() {
        assertThat(server.get("/" + "x".repeat(17_000)).statusCode()).isEqualTo(414);
        assertThat(server.send(HttpRequest.newBuilder(server.uri("/livez")).header("x", "y".repeat(33_000)))
                .statusCode()).isEqualTo(431);
        HttpRequest.Builder many = HttpRequest.newBuilder(server.uri("/livez"));
        IntStream.range(0, 5_000).forEach(i -> many.header("h" + i, "v"));
        assertThat(server.send(many).statusCode()).isEqualTo(431);
        assertThat(server.get("/a".repeat(7_000)).statusCode()).isEqualTo(404);
        assertThat(server.get("/livez?" + "a=b&".repeat(4_000)).statusCode()).isEqualTo(200);
    }

    @Test
    void jsonHasItsBounds() {
        isRefusedAsJson("{\"where\":" + "[".repeat(200) + "]".repeat(200) + "}");
        isRefusedAsJson("{\"limit\":" + "1".repeat(2_000) + "}");
    }

    private static void isRefusedAsJson(String body) {
        assertThat(server.post(docs + "/get", body).statusCode()).isBetween(400, 422);
    }

    @Test
    void aFilterHasItsBounds() {
        isRefused(document("{\"$regex\":\"((a{1000}){1000}){1000}\"}"), "filter.regex_size");
        isRefused(document("{\"$regex\":\"" + "a".repeat(10_001) + "\"}"), "filter.regex_length");
        isRefused(document("{\"$or\":[" + repeated("{\"$contains\":\"a\"}", 10_001) + "]}"),
                "filter.clauses");
        isRefused(
                server.post(docs + "/get", "{\"where\":{\"k\":{\"$in\":[" + repeated("1", 100_001) + "]}}}"),
                "filter.values");
        assertThat(document("{\"$regex\":\"o{1,2}n?e\"}").body()).contains("\"a\"");
    }

    @Test
    void aFilterOfAnyLengthIsAnsweredOrRefusedAndTheServerGoesOn() {
        for (String filter : new String[]{"(".repeat(9_000), "[".repeat(9_000), "(?i)" + "a|".repeat(4_000),
                "\\\\Q".repeat(3_000), "{9999999999}", "a{0,1000}{0,1000}", "(a*)*".repeat(1_000)}) {
            assertThat(document("{\"$regex\":\"" + filter + "\"}").statusCode()).as(filter.substring(0, 5))
                    .isIn(200, 400);
        }
        assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void oneCollectionTooManyIsAQuotaExceededAsChromaSaysIt(@TempDir Path apart) {
        try (TestServer small = TestServer.start(apart, TestServer.options(),
                TestServer.engineOptions().withCatalog(new CatalogLimits(2, 2, 1)))) {
            String first = small.collection("one");
            small.collection("two");
            String database = first.substring(0, first.indexOf("/collections"));
            for (HttpResponse<String> answer : List.of(
                    small.post(database + "/collections", "{\"name\":\"three\"}"),
                    small.post(first + "/fork", "{\"new_name\":\"three\"}"),
                    small.post("/api/v2/tenants", "{\"name\":\"second\"}"))) {
                assertThat(answer.statusCode()).isEqualTo(422);
                assertThat(answer.body())
                        .startsWith("{\"error\":\"ChromaError\",\"message\":\"Quota exceeded")
                        .contains("_max is ");
            }
            String databases = database.substring(0, database.lastIndexOf('/'));
            assertThat(small.post(databases, "{\"name\":\"second\"}").statusCode()).isEqualTo(200);
            assertThat(small.post(databases, "{\"name\":\"third\"}").statusCode()).isEqualTo(422);
            assertThat(small.post(database + "/collections", "{\"name\":\"two\",\"get_or_create\":true}")
                    .statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aNameHasItsBounds() {
        String collections = docs.substring(0, docs.lastIndexOf('/'));
        isRefused(server.post(collections, "{\"name\":\"" + "n".repeat(513) + "\"}"), "3-512");
        assertThat(server.post("/api/v2/tenants", "{\"name\":\"" + "n".repeat(100_000) + "\"}").statusCode())
                .isBetween(400, 422);
    }
}
