package io.forebay.server.http;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** Bodies as a browser or curl sends them to the import service, and what comes of them. */
final class ImportForms {
    static final String BOUNDARY = "----forebay-test-" + UUID.randomUUID();
    static final String TYPE = "multipart/form-data; boundary=" + BOUNDARY;

    private ImportForms() {}

    static String field(String name, String value) {
        return "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value
                + "\r\n";
    }

    static String fileHead(String part, String fileName) {
        return "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + part + "\"; filename=\""
                + fileName + "\"\r\nContent-Type: application/octet-stream\r\n\r\n";
    }

    static String file(String fileName, String content) {
        return fileHead("file", fileName) + content + "\r\n";
    }

    static String end() {
        return "--" + BOUNDARY + "--\r\n";
    }

    /** Documents with vectors of their own. */
    static String jsonl(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "{\"id\":\"d" + i + "\",\"text\":\"document " + i
                + "\",\"n\":" + i + ",\"embedding\":[" + i + ",1.5,2]}")
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /** Into this collection, vectors from the file. */
    static String form(String collection, String fileName, String content) {
        return field("collection_name", collection) + field("embedding_connection", "none")
                + file(fileName, content) + end();
    }

    static HttpRequest.Builder request(TestServer server, String path, String body) {
        return HttpRequest.newBuilder(server.uri(path)).header("Content-Type", TYPE)
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    static HttpResponse<String> upload(TestServer server, String body) {
        return server.send(request(server, "/api/etl/upload", body));
    }

    static String idOf(HttpResponse<String> accepted) {
        if (accepted.statusCode() != 202) {
            throw new AssertionError(accepted.statusCode() + " " + accepted.body());
        }
        return (String) TestJson.object(accepted.body()).get("job_id");
    }

    static Map<String, Object> job(TestServer server, String id) {
        return TestJson.object(server.get("/api/etl/jobs/" + id).body());
    }

    /** The job as it is when it has ended. */
    static Map<String, Object> ended(TestServer server, String id) {
        Awaitility.await().until(() -> job(server, id).get("ended_at") != null);
        return job(server, id);
    }
}
