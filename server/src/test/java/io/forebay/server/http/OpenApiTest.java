package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.server.http.ApiDocument.Operation;
import io.forebay.server.http.route.Api;
import io.forebay.server.http.route.Route;
import io.forebay.server.http.stream.FeedSlots;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code /openapi.json} says what the server does: all of it, and nothing else. */
class OpenApiTest {
    private static final String BASE = "/api/v2/tenants/default_tenant/databases/default_database/collections";
    private static final Pattern VARIABLE = Pattern.compile("\\{([^}]+)}");

    @TempDir
    static Path directory;

    private static TestServer server;
    private static ApiDocument document;

    @BeforeAll
    static void start() {
        server = TestServer.start(directory, TestServer.options().withAllowReset(true));
        document = new ApiDocument(server.get("/openapi.json").body());
    }

    @AfterAll
    static void stop() {
        server.close();
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private static List<Route> routes() {
        return Api.routes(server.engine, true, 1, () -> "", new FeedSlots(1), server.watching(),
                Runnable::run);
    }

    /** Without the names of variables: a document must not have two paths that differ only in them. */
    private static String shape(String path) {
        return VARIABLE.matcher(path).replaceAll("{}");
    }

    @Test
    void everyRouteIsInTheDocumentAndTheReverse() {
        Set<String> served = new TreeSet<>();
        for (Route route : routes()) {
            served.add(route.method().name() + " " + shape(route.template()));
        }
        Set<String> told = new TreeSet<>();
        for (Operation one : document.operations()) {
            told.add(one.method().toUpperCase(Locale.ROOT) + " " + shape(one.path()));
        }
        assertThat(told).isEqualTo(served).hasSizeGreaterThan(40);
    }

    @Test
    void aRouteTakesABodyAndNeedsATokenWhereTheDocumentSaysSo() {
        for (Route route : routes()) {
            Operation said = document.operations().stream()
                    .filter(one -> one.method().equalsIgnoreCase(route.method().name())
                            && shape(one.path()).equals(shape(route.template())))
                    .findFirst().orElseThrow();
            assertThat(said.said().containsKey("requestBody")).as(said.id())
                    .isEqualTo(route.takesJson() || route.stream() != null);
            assertThat(said.said().containsKey("security")).as(said.id() + " is open")
                    .isEqualTo(route.access().isOpen());
        }
    }

    @Test
    void theVariablesOfAPathAreItsPathParameters() {
        Set<String> ids = new HashSet<>();
        for (Operation one : document.operations()) {
            assertThat(ids.add(one.id())).as("operationId " + one.id() + " is there once").isTrue();
            Set<String> inPath = new TreeSet<>();
            Matcher variable = VARIABLE.matcher(one.path());
            while (variable.find()) {
                inPath.add(variable.group(1));
            }
            Set<String> told = new TreeSet<>();
            for (Object parameter : ApiDocument.list(one.said().get("parameters"))) {
                Map<String, Object> resolved = document.resolved(parameter);
                if (resolved.get("in").equals("path")) {
                    told.add((String) resolved.get("name"));
                    assertThat(resolved.get("required")).isEqualTo(true);
                }
            }
            assertThat(told).as(one.id()).isEqualTo(inPath);
        }
    }

    @Test
    void everyReferenceLeadsSomewhereAndEveryPieceIsUsed() {
        Set<String> used = new HashSet<>();
        document.everything().forEach((place, object) -> {
            if (object.get("$ref") instanceof String reference) {
                document.resolved(object);
                used.add(reference);
            }
        });
        for (String kind : List.of("schemas", "parameters", "headers", "responses")) {
            for (String name : ApiDocument.map(ApiDocument.map(document.root.get("components")).get(kind))
                    .keySet()) {
                assertThat(used).contains("#/components/" + kind + "/" + name);
            }
        }
    }

    @Test
    void everyExampleFitsItsSchemaAndIsAccepted() {
        int examples = 0;
        for (Operation one : document.operations()) {
            Object content = ApiDocument.map(one.said().get("requestBody")).get("content");
            Map<String, Object> json = ApiDocument.map(ApiDocument.map(content).get("application/json"));
            if (json.containsKey("example")) {
                assertThat(document.problems(json.get("schema"), json.get("example"), false)).as(one.id())
                        .isEmpty();
                examples++;
            } else {
                assertThat(json).as(one.id()).isEmpty();
            }
        }
        assertThat(examples).isGreaterThan(12);
    }

    // ---- real requests and answers ----

    private HttpResponse<String> call(String operation, Map<String, String> variables, String query,
            String body,
            String... headers) {
        Operation said = document.operation(operation);
        String path = said.path();
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            path = path.replace("{" + variable.getKey() + "}", variable.getValue());
        }
        path = path.replace("{tenant}", "default_tenant").replace("{database}", "default_database");
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(path + query));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        HttpResponse<String> answer = server.send(request.method(said.method().toUpperCase(Locale.ROOT),
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
        check(said, body, answer);
        return answer;
    }

    private static void check(Operation said, String body, HttpResponse<String> answer) {
        String told = said.id() + " " + body + " answered " + answer.statusCode() + " " + answer.body();
        Map<String, Object> response = document.response(said, answer.statusCode());
        assertThat(response).as(told + ": a status that the document does not know").isNotNull();
        if (body != null && answer.statusCode() < 300) {
            Object content = ApiDocument.map(said.said().get("requestBody")).get("content");
            assertThat(document.problems(document.schemaOf(content, "application/json"), TestJson.parse(body),
                    false)).as(told).isEmpty();
        }
        String type = answer.headers().firstValue("content-type").orElse("").split(";")[0];
        Object content = response.get("content");
        if (answer.body().isEmpty()) {
            assertThat(content).as(told).isNull();
        } else if (type.equals("application/json")) {
            Object schema = document.schemaOf(content, type);
            assertThat(schema).as(told).isNotNull();
            assertThat(document.problems(schema, TestJson.parse(answer.body()), true)).as(told).isEmpty();
        } else {
            assertThat(ApiDocument.map(content)).as(told).containsKey(type);
        }
        Set<String> known = ApiDocument.map(response.get("headers")).keySet();
        List<String> ours = new ArrayList<>();
        answer.headers().map().keySet().stream().filter(name -> name.startsWith("forebay-"))
                .forEach(ours::add);
        assertThat(known.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList()).as(told)
                .containsAll(ours);
    }

    private String collection(String name) {
        HttpResponse<String> made = call("createCollection", Map.of(), "", "{\"name\":\"" + name
                + "\",\"metadata\":{\"n\":1,\"a\":[\"x\"],\"f\":0.5},\"configuration\":{\"hnsw\":{\"space\":\"cosine\"},"
                + "\"embedding_function\":{\"type\":\"legacy\"},\"batch_ingest\":false,\"durability\":\"os\"}}");
        assertThat(made.statusCode()).isEqualTo(200);
        return (String) TestJson.object(made.body()).get("id");
    }

    @Test
    void systemTenantsAndDatabasesAnswerAsTheDocumentSays() {
        for (String operation : List.of("root", "heartbeat", "healthcheck", "version", "preFlightChecks",
                "identity", "healthz", "metrics", "openapi", "lag", "docsPage", "consolePage")) {
            assertThat(call(operation, Map.of(), "", null).statusCode()).as(operation).isEqualTo(200);
        }
        assertThat(call("docs", Map.of(), "", null).statusCode()).isEqualTo(303);
        call("docsFile", Map.of("file", "nothing"), "", null);
        assertThat(call("console", Map.of(), "", null).statusCode()).isEqualTo(307);
        assertThat(call("browserRoot", Map.of(), "", null).statusCode()).isEqualTo(404);
        call("consoleFile", Map.of("file", "nothing"), "", null);
        call("consoleFolderFile", Map.of("folder", "views", "file", "nothing"), "", null);
        call("createTenant", Map.of(), "", "{\"name\":\"acme\"}");
        assertThat(call("createTenant", Map.of(), "", "{\"name\":\"acme\"}").statusCode()).isEqualTo(409);
        assertThat(call("createTenant", Map.of(), "", "{\"name\":5}").statusCode()).isEqualTo(422);
        assertThat(call("createTenant", Map.of(), "", "{").statusCode()).isEqualTo(400);
        Map<String, String> acme = Map.of("tenant", "acme", "database", "stock");
        call("updateTenant", acme, "", "{\"resource_name\":\"acme-inc\"}");
        call("getTenant", acme, "", null);
        assertThat(call("getTenant", Map.of("tenant", "nobody"), "", null).statusCode()).isEqualTo(404);
        call("createDatabase", acme, "", "{\"name\":\"stock\"}");
        call("listDatabases", acme, "?limit=5&offset=0", null);
        assertThat(call("listDatabases", acme, "?limit=-1", null).statusCode()).isEqualTo(400);
        call("getDatabase", acme, "", null);
        call("deleteDatabase", acme, "", null);
        assertThat(call("deleteDatabase", acme, "", null).statusCode()).isEqualTo(404);
    }

    @Test
    void collectionsAnswerAsTheDocumentSays() {
        String id = collection("books");
        Map<String, String> byId = Map.of("collection", id);
        Map<String, String> byName = Map.of("collection", "books");
        call("listCollections", Map.of(), "?limit=10", null);
        call("countCollections", Map.of(), "", null);
        call("getCollection", byName, "", null);
        call("getCollectionById", byId, "", null);
        assertThat(call("getCollectionById", byName, "", null).statusCode()).isEqualTo(400);
        call("getCollectionByCrn", Map.of("crn", "default_tenant:default_database:books"), "", null);
        call("updateCollection", byId, "", "{\"new_metadata\":{\"k\":true,\"gone\":null},"
                + "\"new_configuration\":{\"hnsw\":{\"ef_search\":50}}}");
        call("getCollection", byName, "", null);
        call("forkCollection", byId, "", "{\"new_name\":\"books-fork\"}");
        assertThat(call("forkCollection", byId, "", "{\"new_name\":\"books-fork\"}").statusCode())
                .isEqualTo(409);
        call("countForks", byId, "", null);
        call("indexingStatus", byId, "", null);
        call("flush", byId, "?position=applied", null);
        assertThat(call("flush", byId, "?position=nowhere", null).statusCode()).isEqualTo(400);
        Map<String, String> function = Map.of("collection", id, "name", "none");
        call("attachFunction", byId, "", null);
        call("getFunction", function, "", null);
        call("detachFunction", function, "", null);
        call("conditionalGet", byId, "", null);
        call("conditionalCommit", byId, "", null);
        call("deleteCollection", Map.of("collection", "books-fork"), "", null);
        assertThat(call("deleteCollection", Map.of("collection", "books-fork"), "", null).statusCode())
                .isEqualTo(404);
    }

    @Test
    void recordsAnswerAsTheDocumentSays() {
        String id = collection("records");
        Map<String, String> c = Map.of("collection", id);
        HttpResponse<String> added = call("add", c, "", "{\"ids\":[\"a\",\"b\"],\"embeddings\":[[1,2],[3,4]],"
                + "\"documents\":[\"one\",null],\"metadatas\":[{\"n\":1,\"s\":[\"x\",\"y\"]},null],"
                + "\"uris\":[null,\"u\"]}", "Forebay-Durability", "sync", "Idempotency-Key", "k1");
        assertThat(added.statusCode()).isEqualTo(201);
        String seqId = added.headers().firstValue("Forebay-Seq-Id").orElseThrow();
        call("upsert", c, "", "{\"ids\":[\"a\"],\"embeddings\":[\"AACAPwAAAEA=\"],\"metadatas\":[{\"n\":null,"
                + "\"m\":2.5}]}");
        call("update", c, "", "{\"ids\":[\"b\"],\"embeddings\":[null],\"documents\":[\"two\"]}");
        call("get", c, "?read_level=index_only", "{\"where\":{\"$or\":[{\"m\":{\"$gt\":1}},{\"#document\":"
                + "{\"$contains\":\"t\"}}]},\"include\":[\"embeddings\",\"metadatas\",\"uris\",\"documents\"]}");
        call("get", c, "", "{}", "Forebay-Min-Seq-Id", seqId, "Forebay-Timeout-Millis", "5000");
        assertThat(call("get", c, "", "{}", "Forebay-Min-Seq-Id", "999999999", "Forebay-Timeout-Millis", "1")
                .statusCode()).isEqualTo(400);
        call("query", c, "", "{\"query_embeddings\":[[1,2]],\"n_results\":2,\"include\":[\"distances\","
                + "\"embeddings\",\"documents\",\"metadatas\",\"uris\"],\"ef_search\":20}");
        assertThat(call("query", c, "", "{\"query_embeddings\":[[1]]}").statusCode()).isEqualTo(400);
        call("search", c, "",
                "{\"searches\":[{\"rank\":{\"$sum\":[{\"$knn\":{\"query\":[1,2]}},{\"$val\":1}]},"
                        + "\"limit\":{\"limit\":3},\"select\":{\"keys\":[\"#document\",\"#score\",\"#embedding\","
                        + "\"#metadata\"]}},{\"filter\":{\"where_clause\":{\"#id\":{\"$in\":[\"a\"]}}}}]}");
        call("count", c, "?read_level=index_and_bounded_wal", null);
        call("countMatching", c, "", "{\"where\":{\"m\":{\"$gte\":1}}}");
        call("deleteRecords", c, "", "{\"ids\":[\"a\"],\"where\":{\"m\":2.5}}");
        call("deleteRecords", c, "", "{\"where_document\":{\"$contains\":\"two\"},\"limit\":1}");
        assertThat(call("add", c, "", "{\"ids\":[\"a\"]}").statusCode()).isEqualTo(422);
        call("indexingStatus", c, "", null);
        call("lag", Map.of(), "", null);
        assertThat(call("lag", Map.of(), "?collection=nope", null).statusCode()).isEqualTo(404);
        call("deadLetters", c, "?limit=5&offset=0", null);
        assertThat(call("deadLetters", c, "?limit=x", null).statusCode()).isEqualTo(400);
        call("discardDeadLetters", c, "", null);
        call("retryDeadLetters", c, "", null);
        Map<String, String> letter = Map.of("collection", id, "min_seq_id", "77");
        assertThat(call("retryDeadLetter", letter, "", null).statusCode()).isEqualTo(404);
        assertThat(call("discardDeadLetter", letter, "", null).statusCode()).isEqualTo(404);
        String minute = Long.toString(System.currentTimeMillis() - 60_000);
        call("lag", Map.of(), "?since=" + minute + "&tenant=default_tenant", null);
        await().until(() -> call("lag", Map.of(), "?since=" + minute, null).body().contains("samples"));
        assertThat(call("lag", Map.of(), "?since=yesterday", null).statusCode()).isEqualTo(400);
        String unknown = "11111111-2222-4333-8444-555555555555";
        assertThat(call("count", Map.of("collection", unknown), "", null).statusCode()).isEqualTo(404);
        assertThat(server.get(BASE + "/" + id + "/nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void whatIsLeftOfV1AnswersAsTheDocumentSays() {
        HttpResponse<String> made = call("createCollectionV1", Map.of(), "", "{\"name\":\"old\"}");
        Map<String, String> byName = Map.of("collection", "old");
        Map<String, String> byId = Map.of("collection", (String) TestJson.object(made.body()).get("id"));
        call("getCollectionV1", byName, "", null);
        call("headCollectionV1", byName, "", null);
        call("addV1", byId, "", "{\"ids\":[\"a\",\"b\"],\"embeddings\":[[1,2],[3,4]]}");
        call("queryV1", byId, "", "{\"query_embeddings\":[[1,2]],\"n_results\":1,\"ids\":[\"a\"]}");
        call("deleteRecordsV1", byId, "", "{\"ids\":[\"a\",\"c\"]}");
        call("deleteCollectionV1", byName, "", null);
        assertThat(call("deleteCollectionV1", byName, "", null).statusCode()).isEqualTo(404);
        for (Operation one : document.operations()) {
            if (one.id().contains("Gone") && !one.method().equals("head")) {
                assertThat(call(one.id(), Map.of("collection", "old", "rest", "x/y"), "", null).statusCode())
                        .isEqualTo(410);
            }
        }
    }

    @Test
    void filesAreNotSentAgainToWhoHasThem() {
        HttpResponse<String> first = server.get("/docs/swagger-ui.css");
        String tag = first.headers().firstValue("ETag").orElseThrow();
        HttpResponse<String> again = server.send(
                HttpRequest.newBuilder(server.uri("/docs/swagger-ui.css")).header("If-None-Match", tag)
                        .GET());
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(again.headers().firstValue("ETag")).contains(tag);
        assertThat(again.headers().firstValue("Content-Length")).isEmpty();
        assertThat(server.get("/docs/swagger-ui-bundle.js").body()).contains("SwaggerUIBundle");
    }
}
