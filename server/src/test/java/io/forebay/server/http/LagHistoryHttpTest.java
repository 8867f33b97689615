package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.server.auth.Role;
import io.forebay.server.auth.TokenStore;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code GET /api/forebay/lag}: now, and since when it is asked for. */
class LagHistoryHttpTest {
    private static final String LAG = "/api/forebay/lag";
    private static final String A = "/api/v2/tenants/tenant-a/databases/";

    @TempDir
    static Path directory;

    private static long began;
    private static TokenStore store;
    private static TestServer server;
    private static String admin;
    private static String reader;

    @BeforeAll
    static void start() {
        began = System.currentTimeMillis();
        Tokens tokens = new Tokens(directory);
        admin = tokens.make("boss", Role.ADMIN);
        reader = tokens.make("reader", Role.READ, "tenant-a", "one");
        store = TokenStore.open(tokens.file);
        server = TestServer.start(directory.resolve("store"), TestServer.options(),
                TestServer.engineOptions(), store);
        post("/api/v2/tenants", "{\"name\":\"tenant-a\"}");
        for (String database : List.of("one", "two")) {
            post(A.substring(0, A.length() - 1), "{\"name\":\"" + database + "\"}");
            for (String name : List.of("docs", "more")) {
                Object id = TestJson
                        .object(post(A + database + "/collections", "{\"name\":\"" + name + "\"}"))
                        .get("id");
                post(A + database + "/collections/" + id + "/add",
                        "{\"ids\":[\"a\",\"b\"],\"embeddings\":[[1,2],[3,4]]}");
                post(A + database + "/collections/" + id + "/flush", "{}");
            }
        }
    }

    @AfterAll
    static void stop() {
        server.close();
        store.close();
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private static String post(String path, String body) {
        HttpResponse<String> answer = server
                .send(HttpRequest.newBuilder(server.uri(path)).header("x-chroma-token", admin)
                        .header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 201);
        return answer.body();
    }

    private static HttpResponse<String> get(String query, String token) {
        return server.send(
                HttpRequest.newBuilder(server.uri(LAG + query)).header("x-chroma-token", token).GET());
    }

    private static Map<String, Object> since(String more, String token) {
        return TestJson.object(get("?since=" + began + more, token).body());
    }

    private static List<?> samples(Map<String, Object> answer) {
        return ApiDocument.list(ApiDocument.map(answer.get("history")).get("collections"));
    }

    private static List<?> collections(Map<String, Object> answer) {
        return ApiDocument.list(answer.get("collections"));
    }

    @Test
    void theHistoryEndsWithWhatIsNow() {
        await().until(() -> samples(since("", admin)).size() == 4);
        Map<String, Object> answer = since("", admin);
        assertThat((Long) answer.get("time")).isBetween(began, System.currentTimeMillis());
        assertThat(collections(answer)).isEqualTo(ApiDocument.list(TestJson.parse(get("", admin).body())));
        Map<String, Object> history = ApiDocument.map(answer.get("history"));
        assertThat(history.get("since")).isEqualTo(began);
        assertThat((Long) history.get("from")).isBetween(began, System.currentTimeMillis());
        List<?> fields = ApiDocument.list(history.get("fields"));
        for (Object one : samples(answer)) {
            Map<String, Object> now = collections(answer).stream().map(ApiDocument::map)
                    .filter(c -> c.get("id").equals(ApiDocument.map(one).get("id"))).findFirst()
                    .orElseThrow();
            List<?> all = ApiDocument.list(ApiDocument.map(one).get("samples"));
            List<?> last = ApiDocument.list(all.getLast());
            assertThat(last).hasSameSizeAs(fields);
            assertThat(last.get(fields.indexOf("operations"))).isEqualTo(now.get("operations")).isEqualTo(2L);
            assertThat(last.get(fields.indexOf("index_lag_records"))).isEqualTo(0L);
        }
        List<?> ofStore = ApiDocument.list(history.get("store"));
        List<?> last = ApiDocument.list(ofStore.getLast());
        assertThat(last).hasSameSizeAs(ApiDocument.list(history.get("store_fields")));
        assertThat((Long) last.get(2)).as("end of the log").isGreaterThanOrEqualTo(8);
        assertThat(ApiDocument.map(answer.get("store")).get("collections_behind")).isEqualTo(0L);
    }

    @Test
    void aTokenWithLimitsSeesNothingOfOthersAndNoTotals() {
        await().until(() -> samples(since("", admin)).size() == 4);
        Map<String, Object> answer = since("", reader);
        assertThat(collections(answer)).hasSize(2).allSatisfy(
                one -> assertThat(ApiDocument.map(one)).containsEntry("database", "one"));
        assertThat(samples(answer)).hasSize(2);
        assertThat(answer).doesNotContainKey("store");
        assertThat(ApiDocument.map(answer.get("history"))).doesNotContainKey("store");
        assertThat(ApiDocument.list(TestJson.parse(get("?database=two", reader).body()))).isEmpty();
    }

    @Test
    void oneCanAskForSomeOfThem() {
        await().until(() -> samples(since("", admin)).size() == 4);
        for (String query : List.of("&collection=docs", "&database=one", "&tenant=tenant-a&database=two")) {
            Map<String, Object> answer = since(query, admin);
            assertThat(collections(answer)).as(query).hasSize(2);
            assertThat(samples(answer)).as(query).hasSize(2);
            assertThat(answer).doesNotContainKey("store");
        }
        Object id = ApiDocument.map(collections(since("", admin)).getFirst()).get("id");
        assertThat(samples(since("&collection=" + id, admin))).singleElement()
                .satisfies(one -> assertThat(ApiDocument.map(one)).containsEntry("id", id));
        assertThat(collections(since("&tenant=tenant-b", admin))).isEmpty();
        assertThat(ApiDocument.list(TestJson.parse(get("?collection=docs", admin).body()))).hasSize(2);
    }

    @Test
    void sinceIsATimeInEitherForm() {
        String iso = Instant.ofEpochMilli(began).toString();
        String offset = Instant.ofEpochMilli(began).atOffset(ZoneOffset.ofHours(2)).toString()
                .replace("+", "%2B");
        for (String text : List.of(iso, offset)) {
            Map<String, Object> answer = TestJson.object(get("?since=" + text, admin).body());
            assertThat(ApiDocument.map(answer.get("history")).get("since")).isEqualTo(began);
        }
        Map<String, Object> future = TestJson.object(get("?since=" + (began + 86_400_000), admin).body());
        assertThat(samples(future)).isEmpty();
        assertThat(get("?since=0", admin).statusCode()).isEqualTo(200);
        assertThat(get("?since=999999999999999999", admin).statusCode()).isEqualTo(200);
        for (String text : List.of("", "x", "-1", "2026-01-31", "99999999999999999999")) {
            HttpResponse<String> refused = get("?since=" + text, admin);
            assertThat(refused.statusCode()).as(text).isEqualTo(400);
            assertThat(refused.body()).contains("Failed to deserialize query string: since: neither");
        }
    }

    @Test
    void ratesAndTimeToConsistencyAreInTheStatus() {
        Map<String, Object> one = ApiDocument
                .map(ApiDocument.list(TestJson.parse(get("", admin).body())).getFirst());
        assertThat(((Number) ApiDocument.map(one.get("apply_rate")).get("records_per_second")).doubleValue())
                .isPositive();
        assertThat(((Number) ApiDocument.map(one.get("link_rate")).get("bytes_per_second")).doubleValue())
                .isPositive();
        assertThat(one).containsEntry("seconds_until_applied", 0.0).containsEntry("seconds_until_linked",
                0.0);
    }
}
