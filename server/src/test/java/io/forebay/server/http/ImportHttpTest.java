package io.forebay.server.http;

import static io.forebay.server.http.ImportForms.ended;
import static io.forebay.server.http.ImportForms.field;
import static io.forebay.server.http.ImportForms.file;
import static io.forebay.server.http.ImportForms.fileHead;
import static io.forebay.server.http.ImportForms.form;
import static io.forebay.server.http.ImportForms.idOf;
import static io.forebay.server.http.ImportForms.jsonl;
import static io.forebay.server.http.ImportForms.upload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.engine.TinyDisk;
import io.forebay.etl.job.ImportOptions;
import io.forebay.etl.source.SourceOptions;
import io.forebay.server.auth.Authentication;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Uploads over real connections: what is answered, what is left on the disk. */
class ImportHttpTest {
    private static final int UPLOAD_MAX = 4 << 20;
    /** Of what is not an upload, and of the rest of a refused one that is read over. */
    private static final int BODY_MAX = 1 << 20;
    private static final String PATH = "/api/etl/upload";

    @TempDir
    static Path directory;

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(directory, TestServer.options().withPatience(5_000, 60_000, 3_000)
                .withBodyBytes(BODY_MAX, 64 << 20), Authentication.OFF, options(UPLOAD_MAX, 0),
                SourceOptions.NONE);
    }

    static ImportOptions options(long uploadMax, int rate) {
        ImportOptions o = ImportOptions.defaults();
        return new ImportOptions(uploadMax, o.jobsAtOnceMax(), o.extractChunkSize(), o.transformBatchSize(),
                o.loadBatchSize(), o.chunksAtOnceMax(), o.memoryThresholdBytes(), 1, 20, 10, o.keepMillis(),
                o.orphanMillis(), rate, o.jobsWaitingMax(), 8 << 20, o.lineBytesMax(), o.expandedRatioMax(),
                o.defaultConnection(), o.connections());
    }

    @AfterAll
    static void stop() {
        server.close();
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private static List<String> spool() {
        try (Stream<Path> files = Files.list(directory.resolve("imports/spool"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void spoolIsAsBefore(List<String> before) {
        await().untilAsserted(() -> assertThat(before).containsAll(spool()));
    }

    private static String head(String path, String length) {
        return "POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Type: " + ImportForms.TYPE + "\r\n" + length
                + "\r\n\r\n";
    }

    private static String head(String path, int length) {
        return head(path, "Content-Length: " + length);
    }

    @Test
    void aFileBecomesAJobAndItsDocumentsSearchableRecords() {
        HttpResponse<String> accepted = upload(server, field("collection_name", "first")
                + field("embedding_connection", "none") + field("message", "hello") + field("author", "me")
                + field("schema",
                        "{\"text_fields\":[\"text\"],\"id_field\":\"id\",\"metadata_fields\":[\"n\"]}")
                + file("../dir/docs.jsonl", jsonl(0, 50)) + ImportForms.end());
        String id = idOf(accepted);
        assertThat(accepted.headers().firstValue("Location")).hasValue("/api/etl/jobs/" + id);
        assertThat(TestJson.object(accepted.body())).containsEntry("status", "pending")
                .containsEntry("file_name", "docs.jsonl").containsKey("created_at");
        assertThat(id.charAt(14)).as("version of the UUID").isEqualTo('7');
        Map<String, Object> job = ended(server, id);
        assertThat(job).containsEntry("status", "completed").containsEntry("collection_name", "first")
                .containsEntry("tenant", "default_tenant").containsEntry("message", "hello")
                .containsEntry("error", null);
        Map<String, Object> result = ApiDocument.map(job.get("result"));
        assertThat(result).containsEntry("documents_inserted", 50L).containsEntry("documents_failed", 0L);
        assertThat((String) result.get("commit_id")).hasSize(64);
        assertThat(ApiDocument.map(job.get("progress"))).containsEntry("processed", 50L)
                .containsEntry("total", 50L).containsEntry("percentage", 100.0);
        String records = "/api/v2/tenants/default_tenant/databases/default_database/collections/"
                + job.get("collection_id");
        assertThat(server.get(records + "/count").body()).isEqualTo("50");
        assertThat(
                server.post(records + "/query", "{\"query_embeddings\":[[7,1.5,2]],\"n_results\":1}").body())
                .contains("\"ids\":[[\"d7\"]]").contains("document 7").contains("\"n\":7");
        String listed = server.get("/api/etl/jobs?collection=first&state=completed&limit=5").body();
        assertThat(TestJson.object(listed)).containsEntry("total", 1L);
        assertThat(listed).contains(id);
        assertThat(server.get("/metrics").body()).contains("forebay_import_documents_total")
                .contains("forebay_import_jobs{state=\"completed\"}");
    }

    @Test
    void aCollectionThatIsMadeHasTheSpaceThatIsAskedForAndOneThatIsThereMustHaveIt() {
        String id = idOf(upload(server, field("space", "cosine") + form("spaced", "a.jsonl", jsonl(0, 3))));
        assertThat(ended(server, id)).containsEntry("status", "completed").containsEntry("space", "cosine");
        assertThat(server.get("/api/v2/tenants/default_tenant/databases/default_database/collections/spaced")
                .body()).contains("\"space\":\"cosine\"");
        List<String> before = spool();
        HttpResponse<String> other = upload(server,
                field("space", "ip") + form("spaced", "a.jsonl", jsonl(0, 3)));
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(other.body()).contains("the collection spaced is there and has space cosine, not ip");
        spoolIsAsBefore(before);
        String again = idOf(upload(server, form("spaced", "b.jsonl", jsonl(3, 5))));
        assertThat(ended(server, again)).containsEntry("status", "completed").containsEntry("space", null);
    }

    @Test
    void fieldsMayComeBehindTheFileAndInTheAddress() {
        String id = idOf(upload(server, file("a.jsonl", jsonl(0, 3)) + field("on_duplicate", "skip")
                + field("embedding_connection", "none") + field("collection_name", "behind")
                + ImportForms.end()));
        assertThat(ended(server, id)).containsEntry("status", "completed").containsEntry("on_duplicate",
                "skip");
        HttpResponse<String> named = server.send(ImportForms.request(server,
                "/api/entities/behind/files?tenant=default_tenant", field("embedding_connection", "none")
                        + file("b.jsonl", jsonl(3, 6)) + ImportForms.end()));
        Map<String, Object> job = ended(server, idOf(named));
        assertThat(ApiDocument.map(job.get("result"))).containsEntry("documents_inserted", 3L);
        HttpResponse<String> byId = server.send(ImportForms.request(server,
                "/api/entities/" + job.get("collection_id") + "/files", field("embedding_connection", "none")
                        + file("c.jsonl", jsonl(6, 7)) + ImportForms.end()));
        assertThat(ended(server, idOf(byId))).containsEntry("collection_name", "behind");
        assertThat(server.send(ImportForms.request(server, "/api/entities/behind/files",
                form("another", "d.jsonl", jsonl(0, 1)))).statusCode()).isEqualTo(422);
        assertThat(server.send(ImportForms.request(server,
                "/api/entities/11111111-2222-4333-8444-555555555555/files", form("docs", "d.jsonl", "")))
                .statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"docs.exe | {} | 415 | exe", "docs | {} | 415 | docs",
            "docs.jsonl | no json at all | 422 | ", "docs.parquet | PAR | 422 | ",
            "docs.csv.gz | plain | 422 | "})
    void whatIsNoFileOfAKnownFormatIsRefused(String name, String content, int status, String told) {
        List<String> before = spool();
        HttpResponse<String> answer = upload(server, form("refused", name, content));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).startsWith("{\"error\":\"ChromaError\",\"message\":\"")
                .contains(told == null ? "" : told);
        spoolIsAsBefore(before);
    }

    @Test
    void whatIsWrongWithTheFormIsToldAndLeavesNoFile() {
        List<String> before = spool();
        refused(422, "missing field collection_name", file("a.jsonl", jsonl(0, 1)));
        refused(422, "exactly one of a file", field("collection_name", "docs"));
        refused(422, "unknown field colection_name; did you mean collection_name?",
                field("colection_name", "c"));
        refused(422, "field schema", field("collection_name", "docs") + file("a.jsonl", jsonl(0, 1))
                + field("schema", "{\"text_field\":[]}"));
        refused(422, "field schema", field("collection_name", "docs") + file("a.jsonl", jsonl(0, 1))
                + field("schema", "{"));
        refused(422, "on_duplicate", field("collection_name", "docs") + file("a.jsonl", jsonl(0, 1))
                + field("on_duplicate", "replace"));
        refused(422, "field space: unknown space `euclid`, expected one of", field("collection_name", "docs")
                + file("a.jsonl", jsonl(0, 1)) + field("space", "euclid"));
        refused(422, "exactly one", field("collection_name", "docs") + file("a.jsonl", jsonl(0, 1))
                + field("url", "https://example.org/x.jsonl"));
        refused(413, "has more than", field("message", "x".repeat(70_000)));
        assertThat(upload(server, field("collection_name", "docs")).statusCode()).as("no end").isEqualTo(400);
        assertThat(server.post(PATH, "{").statusCode()).isEqualTo(400);
        assertThat(server.post(PATH, "{\"collection_name\":\"docs\"}").statusCode()).isEqualTo(422);
        assertThat(server.post(PATH, "{\"collection_name\":\"docs\",\"url\":\"https://example.org/x.jsonl\"}")
                .statusCode()).as("no host is allowed").isEqualTo(403);
        assertThat(server.send(HttpRequest.newBuilder(server.uri(PATH)).header("Content-Type", "text/csv")
                .POST(HttpRequest.BodyPublishers.ofString("a,b"))).statusCode()).isEqualTo(415);
        assertThat(
                server.post("/api/etl/upload-url", "{\"collection_name\":\"docs\",\"file_name\":\"x.csv\"}")
                        .statusCode())
                .as("no bucket").isEqualTo(501);
        assertThat(server.post("/api/etl/upload-url", "{\"collection_name\":\"docs\"}").statusCode())
                .isEqualTo(422);
        spoolIsAsBefore(before);
    }

    @Test
    void textsAreBoundedWhereverTheyComeFrom() {
        String url = "{\"collection_name\":\"docs\",\"url\":\"https://example.org/x.jsonl\",";
        refused(413, "field schema has more than", PATH, url + "\"schema\":\"" + "x".repeat(65_537) + "\"}");
        refused(413, "field url has more than", PATH,
                "{\"collection_name\":\"docs\",\"url\":\"https://e.org/" + "ü".repeat(40_000) + "\"}");
        refused(422, "field message has more than 1000", PATH,
                url + "\"message\":\"" + "x".repeat(1001) + "\"}");
        String file = "{\"collection_name\":\"docs\",\"file_name\":\"";
        refused(422, "255 characters", "/api/etl/upload-url", file + "x".repeat(252) + ".csv\"}");
        refused(415, "'x.exe'", "/api/etl/upload-url", file + "x.exe\"}");
        refused(413, "field author", "/api/etl/upload-url",
                file + "x.csv\",\"author\":\"" + "x".repeat(65_537) + "\"}");
    }

    private static void refused(int status, String told, String path, String json) {
        HttpResponse<String> answer = server.post(path, json);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(told);
    }

    @Test
    void aFileThatCannotBeReadIsRefusedBeforeItHasCome() throws IOException {
        List<String> before = spool();
        try (Wire wire = new Wire(server)) {
            wire.send(head(PATH, 3 << 20) + field("collection_name", "docs") + fileHead("file", "a.exe"));
            assertThat(wire.answer().status()).isEqualTo(415);
        }
        assertThat(before).containsAll(spool());
    }

    private static void refused(int status, String told, String parts) {
        HttpResponse<String> answer = upload(server, parts + ImportForms.end());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(told);
    }

    @Test
    void aFileOverTheLimitIsReadNoFurtherAndLeavesNoFile() throws IOException {
        List<String> before = spool();
        String announced = form("large", "a.jsonl", "");
        try (Wire wire = new Wire(server)) {
            wire.send(head(PATH, "Content-Length: " + (10L << 40)));
            assertThat(wire.answer().status()).as("by its length").isEqualTo(413);
        }
        String half = "x".repeat(1 << 20);
        try (Wire wire = new Wire(server)) {
            wire.send(head(PATH, announced.length() + UPLOAD_MAX + (4 << 20))
                    + field("collection_name", "large") + fileHead("file", "a.jsonl"));
            for (int i = 0; i < 5; i++) {
                wire.send(half);
            }
            Wire.Answer answer = wire.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.body()).contains("imports.max_upload_bytes");
            assertThat(answer.header("connection")).isEqualTo("close");
        }
        try (Wire wire = new Wire(server)) {
            wire.send(head(PATH, "Transfer-Encoding: chunked"));
            String begin = field("collection_name", "large") + fileHead("file", "a.jsonl");
            wire.send(Integer.toHexString(begin.length()) + "\r\n" + begin + "\r\n");
            for (int i = 0; i < 5; i++) {
                wire.send(Integer.toHexString(half.length()) + "\r\n" + half + "\r\n");
            }
            assertThat(wire.answer().status()).isEqualTo(413);
            wire.send("1\r\nx\r\n");
            assertThat(wire.isAtEnd()).as("the rest is not read").isTrue();
        }
        spoolIsAsBefore(before);
    }

    @Test
    void aRefusedFormIsReadOverWhereItIsShort() throws IOException {
        String body = form("again", "a.exe", "x".repeat(100_000));
        String fine = form("again", "a.jsonl", jsonl(0, 1));
        try (Wire wire = new Wire(server)) {
            wire.send(head("/api/entities/11111111-2222-4333-8444-555555555555/files", body.length()) + body
                    + head(PATH, fine.length()) + fine);
            assertThat(wire.answer().status()).isEqualTo(404);
            assertThat(wire.answer().status()).isEqualTo(202);
        }
    }

    @Test
    void aClientThatGoesAwayInTheMiddleLeavesNoFile() throws IOException {
        List<String> before = spool();
        for (boolean reset : new boolean[]{false, true}) {
            try (Wire wire = new Wire(server)) {
                wire.send(head(PATH, 1 << 20) + field("collection_name", "gone") + fileHead("file", "a.jsonl")
                        + "half a line");
                await().until(() -> spool().size() > before.size());
                wire.socket.setSoLinger(reset, 0);
            }
            spoolIsAsBefore(before);
        }
        assertThat(server.get("/api/etl/jobs?collection=gone").body()).contains("\"total\":0");
        assertThat(server.get("/metrics").body()).contains("\nforebay_http_bodies_in_flight_bytes 0");
    }

    @Test
    void requestsAroundAnUploadOnOneConnectionAreAnsweredInOrder() throws IOException {
        String body = form("pipelined", "a.jsonl", jsonl(0, 5));
        try (Wire wire = new Wire(server)) {
            wire.send("GET /api/v2/version HTTP/1.1\r\nHost: h\r\n\r\n" + head(PATH, body.length()) + body
                    + head(PATH, body.length()) + body
                    + "GET /api/v2/version HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(wire.answer().body()).isEqualTo("\"1.0.0\"");
            assertThat(wire.answer().status()).isEqualTo(202);
            assertThat(wire.answer().status()).isEqualTo(202);
            assertThat(wire.answer().body()).isEqualTo("\"1.0.0\"");
            String bad = form("pipelined", "a.exe", "x");
            assertThat(wire.send(head(PATH, bad.length()) + bad).answer().status()).isEqualTo(415);
            assertThat(wire.get("/api/v2/version").answer().status()).as("the connection lives on")
                    .isEqualTo(200);
        }
    }

    @Test
    void aChunkedBodyIsTakenToo() throws IOException {
        byte[] body = form("chunked", "a.jsonl", jsonl(0, 400)).getBytes(StandardCharsets.UTF_8);
        try (Wire wire = new Wire(server)) {
            wire.send(head(PATH, "Transfer-Encoding: chunked"));
            for (int at = 0; at < body.length; at += 7) {
                int length = Math.min(7, body.length - at);
                wire.send(Integer.toHexString(length) + "\r\n"
                        + new String(body, at, length, StandardCharsets.UTF_8) + "\r\n");
            }
            wire.send("0\r\n\r\n");
            Wire.Answer answer = wire.answer();
            assertThat(answer.status()).isEqualTo(202);
            Map<String, Object> job = ended(server, (String) TestJson.object(answer.body()).get("job_id"));
            assertThat(ApiDocument.map(job.get("result"))).containsEntry("documents_inserted", 400L);
        }
    }

    @Test
    void aClientThatAsksFirstIsToldToGoOnOrWhyNot() throws IOException {
        String body = form("asked", "a.jsonl", jsonl(0, 1));
        try (Wire wire = new Wire(server)) {
            wire.send(head(PATH, "Expect: 100-continue\r\nContent-Length: " + body.length()));
            assertThat(wire.answer().status()).isEqualTo(100);
            assertThat(wire.send(body).answer().status()).isEqualTo(202);
        }
        try (Wire wire = new Wire(server)) {
            wire.send("POST " + PATH + " HTTP/1.1\r\nHost: h\r\nContent-Type: text/csv\r\n"
                    + "Expect: 100-continue\r\nContent-Length: 1000000\r\n\r\n");
            assertThat(wire.answer().status()).isEqualTo(415);
            assertThat(wire.isAtEnd()).isTrue();
        }
    }

    @Test
    void aClientThatStopsInTheMiddleIsToldSo() throws IOException {
        List<String> before = spool();
        try (TestServer impatient = TestServer.start(directory.resolve("impatient"),
                TestServer.options().withPatience(300, 60_000, 3_000), Authentication.OFF,
                options(UPLOAD_MAX, 0), SourceOptions.NONE); Wire wire = new Wire(impatient)) {
            wire.send(
                    head(PATH, 1000) + field("collection_name", "docs") + fileHead("file", "a.jsonl") + "x");
            assertThat(wire.answer().status()).isEqualTo(408);
        }
        spoolIsAsBefore(before);
    }

    @Test
    void tooManySubmissionsAreRefusedBeforeTheFileIsRead() throws IOException {
        try (TestServer limited = TestServer.start(directory.resolve("limited"), TestServer.options(),
                Authentication.OFF, options(UPLOAD_MAX, 2), SourceOptions.NONE)) {
            idOf(upload(limited, form("docs", "a.jsonl", jsonl(0, 1))));
            idOf(upload(limited, form("docs", "a.jsonl", jsonl(0, 1))));
            try (Wire wire = new Wire(limited)) {
                wire.send(head(PATH, 1 << 20)); // and no body
                Wire.Answer answer = wire.answer();
                assertThat(answer.status()).isEqualTo(429);
                assertThat(Integer.parseInt(answer.header("retry-after"))).isBetween(1, 60);
                assertThat(answer.body()).contains("\"error\":\"Backoff\"");
            }
        }
    }

    @Test
    void aFullDiskIsToldAndLeavesNoFile() throws Exception {
        Path store = directory.resolve("full");
        try (TinyDisk disk = new TinyDisk(store.resolve("imports/spool"), 1);
                TestServer full = TestServer.start(store, TestServer.options(), Authentication.OFF,
                        options(UPLOAD_MAX, 0), SourceOptions.NONE)) {
            HttpResponse<String> answer = upload(full, form("full", "a.jsonl", "x".repeat(3 << 20)));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(507);
            assertThat(answer.headers().firstValue("retry-after")).isPresent();
            assertThat(store.resolve("imports/spool")).isEmptyDirectory();
            disk.fill();
            assertThat(upload(full, form("full", "a.jsonl", jsonl(0, 1))).statusCode()).isEqualTo(507);
            disk.free();
            ended(full, idOf(upload(full, form("full", "a.jsonl", jsonl(0, 1)))));
        }
    }

    /** What a server has in memory beyond its heap while 200 MB pass; the heap is bounded by how the test is run. */
    @Test
    @Tag("long")
    void aLongUploadTakesNoMoreMemoryThanAShortOne() throws Exception {
        byte[] line = (jsonl(0, 1) + "x".repeat(1 << 20) + "\n").getBytes(StandardCharsets.UTF_8);
        String begin = field("collection_name", "long-one") + field("embedding_connection", "none")
                + fileHead("file", "a.jsonl");
        String end = "\r\n" + ImportForms.end();
        try (TestServer large = TestServer.start(directory.resolve("large"), TestServer.options(),
                Authentication.OFF, options(1L << 30, 0), SourceOptions.NONE);
                Wire wire = new Wire(large)) {
            wire.send(head(PATH, begin.length() + 200 * line.length + end.length()) + begin);
            long most = 0;
            for (int i = 0; i < 200; i++) {
                wire.socket.getOutputStream().write(line);
                most = Math.max(most, PlatformDependent.usedDirectMemory());
            }
            Wire.Answer answer = wire.send(end).answer();
            assertThat(answer.status()).as(answer.body()).isEqualTo(202);
            System.err.println("most direct memory while 200 MB came: " + (most >> 20) + " MiB");
            assertThat(most).isLessThan(64L << 20);
            String id = (String) TestJson.object(answer.body()).get("job_id");
            assertThat(ended(large, id)).containsEntry("status", "failed"); // more errors than it may have
        }
    }

    @Test
    void withoutAnImportServiceItsRoutesSaySo() {
        try (TestServer without = TestServer.start(directory.resolve("without"))) {
            String records = without.collection("docs");
            for (String path : List.of("/api/etl/jobs", "/api/etl/jobs/x", "/api/etl/jobs/x/events",
                    records + "/commits", records + "/diff?to=main")) {
                HttpResponse<String> answer = without.get(path);
                assertThat(answer.statusCode()).as(path).isEqualTo(404);
                assertThat(answer.body()).as(path).contains("imports.enabled");
            }
            assertThat(upload(without, form("docs", "a.jsonl", "")).body()).contains("imports.enabled");
            assertThat(without.post(records + "/get?as_of=main", "{}").body()).contains("imports.enabled");
        }
    }
}
