package io.forebay.server.http;

import static io.forebay.server.http.ImportForms.ended;
import static io.forebay.server.http.ImportForms.field;
import static io.forebay.server.http.ImportForms.form;
import static io.forebay.server.http.ImportForms.idOf;
import static io.forebay.server.http.ImportForms.job;
import static io.forebay.server.http.ImportForms.jsonl;
import static io.forebay.server.http.ImportForms.upload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.etl.source.SourceOptions;
import io.forebay.server.auth.Role;
import io.forebay.server.auth.TokenStore;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs and commits over HTTP. */
class JobHttpTest {
    private static final String COLLECTIONS = "/api/v2/tenants/default_tenant/databases/default_database"
            + "/collections/";

    @TempDir
    static Path directory;

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(directory, TestServer.options().withChanges(64, 200),
                io.forebay.server.auth.Authentication.OFF, ImportHttpTest.options(1 << 30, 0),
                SourceOptions.NONE);
    }

    @AfterAll
    static void stop() {
        server.close();
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private static HttpResponse<String> send(TestServer to, String method, String path, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(to.uri(path)).method(method,
                HttpRequest.BodyPublishers.noBody());
        return to.send(token == null ? request : request.header("x-chroma-token", token));
    }

    private static Map<String, Object> imported(String collection, String content) {
        return ended(server, idOf(upload(server, form(collection, "docs.jsonl", content))));
    }

    private static String commitOf(Map<String, Object> job) {
        return (String) ApiDocument.map(job.get("result")).get("commit_id");
    }

    @Test
    void aJobIsFollowedUntilItHasEndedAndIsIndexed() throws IOException {
        String id = idOf(upload(server, form("followed", "docs.jsonl", jsonl(0, 3000))));
        List<Map<String, Object>> events = new ArrayList<>();
        try (LiveClient live = new LiveClient(server, "/api/etl/jobs/" + id + "/events")) {
            assertThat(live.status).isEqualTo(200);
            assertThat(live.header("content-type")).isEqualTo("text/event-stream");
            for (LiveClient.Event event = live.event(); event != null; event = live.event()) {
                assertThat(event.name()).isEqualTo("job");
                events.add(event.json());
            }
        }
        assertThat(events).isNotEmpty().allMatch(event -> event.get("job_id").equals(id));
        long before = 0;
        for (Map<String, Object> event : events) {
            long processed = (Long) ApiDocument.map(event.get("progress")).get("processed");
            assertThat(processed).isGreaterThanOrEqualTo(before);
            before = processed;
        }
        Map<String, Object> last = events.getLast();
        assertThat(last).containsEntry("status", "completed");
        assertThat(ApiDocument.map(last.get("progress"))).containsEntry("processed", 3000L)
                .containsEntry("indexed", 3000L);
        assertThat(last).isEqualTo(job(server, id));
        assertThat(ApiDocument.list(last.get("memory"))).isNotEmpty();
    }

    @Test
    void theStreamOfAJobThatFailedEndsWhenWhatItLoadedIsIndexed() throws IOException {
        String id = idOf(upload(server, form("followed-fails", "docs.jsonl",
                jsonl(0, 3000) + "no json\n".repeat(20))));
        Map<String, Object> last = Map.of();
        try (LiveClient live = new LiveClient(server, "/api/etl/jobs/" + id + "/events")) {
            for (LiveClient.Event event = live.event(); event != null; event = live.event()) {
                last = event.json();
            }
        }
        assertThat(last).containsEntry("status", "failed");
        assertThat(ApiDocument.map(last.get("progress")).get("indexed"))
                .isEqualTo(ApiDocument.map(last.get("result")).get("documents_inserted"));
    }

    @Test
    void whatWasThereIsReadAThousandRecordsAtATime() {
        Map<String, Object> job = imported("many-then", jsonl(0, 1200));
        String asOf = COLLECTIONS + job.get("collection_id") + "/get?as_of=main";
        assertThat(ids(asOf, "{}")).hasSize(1000);
        assertThat(ids(asOf, "{\"offset\":1000}")).hasSize(200);
        assertThat(ids(asOf, "{\"limit\":1100}")).hasSize(1100);
    }

    private static List<?> ids(String path, String body) {
        return ApiDocument.list(TestJson.object(server.post(path, body).body()).get("ids"));
    }

    @Test
    void aStreamOfAJobThatHasEndedIsOneEvent() throws IOException {
        String id = (String) imported("one-event", jsonl(0, 2)).get("job_id");
        await().until(() -> ApiDocument.map(job(server, id).get("progress")).get("indexed").equals(2L));
        try (LiveClient live = new LiveClient(server, "/api/etl/jobs/" + id + "/events")) {
            assertThat(live.event().json()).containsEntry("status", "completed");
            assertThat(live.event()).isNull();
        }
        HttpResponse<String> none = server.get("/api/etl/jobs/" + UUID.randomUUID() + "/events");
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(server.get("/api/etl/jobs/x").statusCode()).isEqualTo(400);
    }

    @Test
    void documentsThatFailedAreListedAndTheyAloneAreRetried() {
        String id = idOf(upload(server, form("failing", "docs.jsonl",
                jsonl(0, 3) + "{\"id\":\"bad\",\"text\":\"no vector\"}\nno json\n" + jsonl(3, 5))));
        Map<String, Object> job = ended(server, id);
        assertThat(job).containsEntry("status", "completed");
        assertThat(ApiDocument.map(job.get("result"))).containsEntry("documents_inserted", 5L)
                .containsEntry("documents_failed", 2L);
        HttpResponse<String> errors = server.get("/api/etl/jobs/" + id + "/errors");
        assertThat(errors.headers().firstValue("content-type")).hasValue("application/x-ndjson");
        List<Map<String, Object>> lines = errors.body().lines().map(TestJson::object).toList();
        assertThat(lines).hasSize(2).allMatch(line -> ((String) line.get("reason")).length() > 5);
        assertThat(lines).extracting(line -> line.get("line")).containsExactly(4L, 5L);
        assertThat(lines.getFirst()).containsEntry("id", "bad");
        HttpResponse<String> retried = server.post("/api/etl/jobs/" + id + "/retry", "");
        Map<String, Object> again = ended(server, idOf(retried));
        assertThat(again).containsEntry("retry_of", id);
        assertThat(ApiDocument.map(again.get("result"))).containsEntry("documents_inserted", 0L)
                .containsEntry("documents_failed", 2L);
        String fine = (String) imported("fine", jsonl(0, 1)).get("job_id");
        assertThat(server.get("/api/etl/jobs/" + fine + "/errors").body()).isEmpty();
        assertThat(server.post("/api/etl/jobs/" + fine + "/retry", "").statusCode()).isEqualTo(400);
    }

    @Test
    void tooManyErrorsFailTheJobWithItsPosition() {
        Map<String, Object> job = imported("hopeless", jsonl(0, 2) + "no json\n".repeat(20));
        assertThat(job).containsEntry("status", "failed");
        Map<String, Object> error = ApiDocument.map(job.get("error"));
        assertThat((String) error.get("message")).contains("10");
        assertThat((String) error.get("failed_at")).isNotEmpty();
        assertThat(error).containsKey("position");
    }

    @Test
    void aJobIsCancelledAndWhatItLoadedUndone() {
        Map<String, Object> job = imported("cancelled", jsonl(0, 20));
        String id = (String) job.get("job_id");
        assertThat(send(server, "DELETE", "/api/etl/jobs/" + id + "?revert=maybe", null).statusCode())
                .isEqualTo(400);
        HttpResponse<String> same = send(server, "DELETE", "/api/etl/jobs/" + id, null);
        assertThat(TestJson.object(same.body())).as("it has ended").containsEntry("status", "completed");
        assertThat(send(server, "DELETE", "/api/etl/jobs/" + id + "?revert=true", null).statusCode())
                .isEqualTo(200);
        await().until(() -> server.get(COLLECTIONS + job.get("collection_id") + "/count").body().equals("0"));
        assertThat(send(server, "DELETE", "/api/etl/jobs/" + UUID.randomUUID(), null).statusCode())
                .isEqualTo(404);
    }

    @Test
    void jobsAreListedNewestFirstInPages() {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            made.addFirst((String) imported("listed", jsonl(i, i + 1)).get("job_id"));
        }
        List<Object> listed = new ArrayList<>();
        for (int offset = 0; offset < 3; offset += 2) {
            Map<String, Object> page = TestJson
                    .object(server.get("/api/etl/jobs?collection=listed&limit=2&offset=" + offset).body());
            assertThat(page).containsEntry("total", 3L).containsEntry("offset", (long) offset);
            ApiDocument.list(page.get("jobs")).forEach(job -> listed.add(ApiDocument.map(job).get("job_id")));
        }
        assertThat(listed).isEqualTo(made);
        assertThat(server.get("/api/etl/jobs?collection=listed&state=failed").body()).contains("\"total\":0");
        assertThat(server.get("/api/etl/jobs?tenant=nobody").body()).contains("\"total\":0");
        HttpResponse<String> unknown = server.get("/api/etl/jobs?state=done");
        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(unknown.body()).contains("unknown variant `done`").contains("`cancelled`");
        assertThat(server.get("/api/etl/jobs?limit=x").statusCode()).isEqualTo(400);
    }

    @Test
    void commitsAreLoggedComparedReadAndUndone() {
        Map<String, Object> one = imported("history", jsonl(0, 5));
        Map<String, Object> two = imported("history", jsonl(3, 8).replace("document 4", "document IV"));
        String records = COLLECTIONS + one.get("collection_id");
        Map<String, Object> log = TestJson.object(server.get(records + "/commits").body());
        assertThat(log).containsEntry("total", 2L);
        Map<String, Object> newest = ApiDocument.map(ApiDocument.list(log.get("commits")).getFirst());
        assertThat(newest).containsEntry("commit_id", commitOf(two)).containsEntry("parent", commitOf(one))
                .containsEntry("kind", "import").containsEntry("job_id", two.get("job_id"))
                .containsEntry("documents_inserted", 3L).containsEntry("documents_updated", 1L)
                .containsEntry("records", 8L);
        assertThat(TestJson.object(server.get(records + "/commits/main").body())).isEqualTo(newest);
        assertThat(server.get(records + "/commits?limit=1&offset=1").body()).contains(commitOf(one));
        assertThat(server.get(records + "/commits/ffffffffffff").statusCode()).isEqualTo(404);
        assertThat(server.get(COLLECTIONS + UUID.randomUUID() + "/commits").statusCode()).isEqualTo(404);

        String between = records + "/diff?from=" + commitOf(one) + "&to=" + commitOf(two);
        List<Object> changes = new ArrayList<>();
        String after = "";
        do {
            Map<String, Object> page = TestJson.object(server.get(between + "&limit=3" + after).body());
            ApiDocument.list(page.get("rows")).forEach(row -> changes
                    .add(ApiDocument.map(row).get("id") + " " + ApiDocument.map(row).get("change")));
            after = page.get("next_after") == null ? null : "&after=" + page.get("next_after");
        } while (after != null);
        assertThat(changes).containsExactly("d4 updated", "d5 inserted", "d6 inserted", "d7 inserted");
        assertThat(server.get(records + "/diff").statusCode()).isEqualTo(400);

        String asOf = records + "/get?as_of=" + commitOf(one);
        assertThat(server.post(asOf, "{}").body()).contains("\"ids\":[\"d0\",\"d1\",\"d2\",\"d3\",\"d4\"]")
                .contains("document 4").doesNotContain("document IV");
        assertThat(server.post(asOf, "{\"offset\":1,\"limit\":2,\"include\":[]}").body())
                .contains("\"ids\":[\"d1\",\"d2\"]").contains("\"documents\":null");
        assertThat(server.post(asOf, "{\"ids\":[\"d4\",\"d7\"],\"include\":[\"embeddings\",\"metadatas\"]}")
                .body()).contains("\"ids\":[\"d4\"]").contains("[[4.0,1.5,2.0]]").contains("\"n\":4");
        HttpResponse<String> filtered = server.post(asOf, "{\"where\":{\"n\":1}}");
        assertThat(filtered.statusCode()).isEqualTo(422);
        assertThat(filtered.body()).contains("as_of is not supported together with where");
        assertThat(server.post(records + "/get?as_of=ffffffffffff", "{}").statusCode()).isEqualTo(404);
        HttpResponse<String> tooMany = server.post(asOf, "{\"limit\":10001}");
        assertThat(tooMany.statusCode()).isEqualTo(422);
        assertThat(tooMany.body()).contains("10000 records");
        assertThat(server.post(asOf, "{\"limit\":10000}").statusCode()).isEqualTo(200);

        undo(records, commitOf(one), commitOf(two));
    }

    @Test
    void answersAreAsTheDocumentSays() {
        ApiDocument document = new ApiDocument(server.get("/openapi.json").body());
        Map<String, Object> job = imported("documented", jsonl(0, 3) + "no json\n");
        String records = COLLECTIONS + job.get("collection_id");
        fits(document, "Job", job);
        fits(document, "Job", imported("documented-fails", jsonl(0, 1) + "no json\n".repeat(20)));
        fits(document, "Jobs", TestJson.parse(server.get("/api/etl/jobs").body()));
        fits(document, "Commits", TestJson.parse(server.get(records + "/commits").body()));
        fits(document, "Commit", TestJson.parse(server.get(records + "/commits/main").body()));
        fits(document, "Diff", TestJson.parse(server.get(records + "/diff?to=main&limit=2").body()));
        fits(document, "Error", TestJson.parse(server.get(records + "/commits/none").body()));
    }

    private static void fits(ApiDocument document, String schema, Object answer) {
        assertThat(document.problems(Map.of("$ref", "#/components/schemas/" + schema), answer, true))
                .as(schema + " " + answer).isEmpty();
    }

    private static void undo(String records, String one, String two) {
        HttpResponse<String> changed = server.post(records + "/commits/" + one + "/revert", "");
        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(409);
        assertThat(server.post(records + "/revert", "{}").statusCode()).isEqualTo(422);
        assertThat(server.post(records + "/commits/" + one + "/revert",
                "{\"author\":\"" + "x".repeat(1001) + "\"}").statusCode()).isEqualTo(422);
        assertThat(server.post(records + "/revert", "{\"comit\":\"x\"}").statusCode()).isEqualTo(422);
        assertThat(server.post(records + "/commits/" + one + "/revert", "{\"commit\":\"x\"}").statusCode())
                .isEqualTo(422);
        HttpResponse<String> accepted = server.post(records + "/revert",
                "{\"commit\":\"" + two + "\",\"message\":\"back\",\"author\":\"me\"}");
        Map<String, Object> job = ended(server, idOf(accepted));
        assertThat(job).containsEntry("status", "completed").containsEntry("source", "revert")
                .containsEntry("message", "back");
        assertThat(server.get(records + "/count").body()).isEqualTo("5");
        Map<String, Object> newest = TestJson.object(server.get(records + "/commits/main").body());
        assertThat(newest).containsEntry("kind", "revert").containsEntry("revert_of", two)
                .containsEntry("documents_deleted", 3L).containsEntry("author", "me");
        HttpResponse<String> forced = server.post(records + "/commits/" + one + "/revert",
                "{\"force\":true}");
        assertThat(ended(server, idOf(forced))).containsEntry("status", "completed");
        assertThat(server.get(records + "/count").body()).isEqualTo("0");
    }

    @Test
    void aTokenSeesAndTouchesOnlyWhatItsLimitsAllow() throws IOException {
        Path home = directory.resolve("tokens-home");
        Tokens tokens = new Tokens(java.nio.file.Files.createDirectories(home));
        String admin = tokens.make("admin", Role.ADMIN);
        String mine = tokens.make("mine", Role.WRITE, "default_tenant", "default_database", "second");
        String theirs = tokens.make("theirs", Role.WRITE, "default_tenant", "other");
        String reader = tokens.make("reader", Role.READ, "default_tenant", "default_database");
        try (TokenStore store = TokenStore.open(tokens.file);
                TestServer limited = TestServer.start(home.resolve("store"), TestServer.options(), store,
                        ImportHttpTest.options(1 << 20, 0), SourceOptions.NONE)) {
            limited.engine.createDatabase("default_tenant", "other").join();
            String body = form("guarded", "docs.jsonl", jsonl(0, 2) + "no json\n");
            assertThat(uploadAs(limited, body, null).statusCode()).isEqualTo(401);
            assertThat(uploadAs(limited, body, reader).statusCode()).isEqualTo(403);
            assertThat(uploadAs(limited, body, theirs).statusCode()).as("default database").isEqualTo(403);
            String id = idOf(uploadAs(limited, body, mine));
            String elsewhere = idOf(uploadAs(limited, field("database", "other") + body, theirs));
            assertThat(uploadAs(limited, field("database", "other") + body, mine).statusCode())
                    .isEqualTo(403);
            for (String job : List.of(id, elsewhere)) {
                await().until(() -> send(limited, "GET", "/api/etl/jobs/" + job, admin).body()
                        .contains("\"status\":\"completed\""));
            }
            for (String path : List.of("", "/events", "/errors")) {
                String of = "/api/etl/jobs/" + id + path;
                assertThat(send(limited, "GET", of, theirs).statusCode()).as(of).isEqualTo(404);
                assertThat(send(limited, "GET", of, reader).statusCode()).as(of).isEqualTo(200);
                assertThat(send(limited, "GET", of, mine).statusCode()).as(of).isEqualTo(200);
            }
            assertThat(send(limited, "GET", "/api/etl/jobs/" + id, theirs).body()).isEqualTo(
                    send(limited, "GET", "/api/etl/jobs/" + elsewhere, mine).body().replace(elsewhere, id));
            String absent = UUID.randomUUID().toString();
            assertThat(send(limited, "GET", "/api/etl/jobs/" + absent, theirs).body().replace(absent, id))
                    .as("as if there were none")
                    .isEqualTo(send(limited, "GET", "/api/etl/jobs/" + id, theirs).body());
            assertThat(send(limited, "DELETE", "/api/etl/jobs/" + id, reader).statusCode()).isEqualTo(403);
            assertThat(send(limited, "DELETE", "/api/etl/jobs/" + id, theirs).statusCode()).isEqualTo(404);
            assertThat(send(limited, "POST", "/api/etl/jobs/" + id + "/retry", theirs).statusCode())
                    .isEqualTo(404);
            assertThat(send(limited, "POST", "/api/etl/jobs/" + id + "/retry", mine).statusCode())
                    .isEqualTo(202);
            String all = "/api/etl/jobs";
            assertThat(send(limited, "GET", all, admin).body()).contains("\"total\":3");
            assertThat(send(limited, "GET", all, mine).body()).contains("\"total\":2").contains(id)
                    .doesNotContain(elsewhere);
            assertThat(send(limited, "GET", all + "?limit=1&offset=1", mine).body()).contains("\"total\":2")
                    .contains(id);
            assertThat(send(limited, "GET", all, theirs).body()).contains("\"total\":1").contains(elsewhere);
            assertThat(send(limited, "GET", all + "?tenant=default_tenant&database=other", mine).body())
                    .contains("\"total\":0");
        }
    }

    private static HttpResponse<String> uploadAs(TestServer to, String body, String token) {
        HttpRequest.Builder request = ImportForms.request(to, "/api/etl/upload", body);
        return to.send(token == null ? request : request.header("x-chroma-token", token));
    }
}
