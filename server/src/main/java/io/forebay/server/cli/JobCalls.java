package io.forebay.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.LongConsumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The server's interface of imports, as this command line needs it.
 *
 * <p>Failure: an answer that is a refusal is a {@link CommandException} with the server's message, and without a status
 * that is worth another try; {@link BusyException} where it is; an {@link IOException} where no answer came.
 */
final class JobCalls implements AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final String JOBS = "/api/etl/jobs";

    /** 429 or 503: later it may be another answer. */
    static final class BusyException extends IOException {
        private static final long serialVersionUID = 1L;
        private final long retryMillis;

        BusyException(String message, long retryMillis) {
            super(message);
            this.retryMillis = retryMillis;
        }

        long retryMillis() {
            return retryMillis;
        }
    }

    private final HttpClient client;
    private final URI server;
    private final @Nullable String token;

    JobCalls(URI server, @Nullable String token, @Nullable SSLContext tls) {
        if (!"http".equals(server.getScheme()) && !"https".equals(server.getScheme())) {
            throw new CommandException(
                    "this goes over HTTP: --url is " + server + ", must be http://HOST:PORT");
        }
        this.server = server;
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10));
        this.client = tls == null ? builder.build() : builder.sslContext(tls).build();
        this.token = token;
    }

    private HttpRequest.Builder to(String path) {
        HttpRequest.Builder request = HttpRequest
                .newBuilder(URI.create(server.toString().replaceAll("/+$", "") + path));
        if (token != null && !token.isEmpty()) {
            request.header("x-chroma-token", token);
        }
        return request;
    }

    JobView upload(MultipartBody form, LongConsumer sent) throws IOException, InterruptedException {
        // No time limit: it takes as long as the file does. What is refused is refused before the file is sent.
        return job(to("/api/etl/upload").header("Content-Type", form.contentType()).expectContinue(true)
                .POST(form.publisher(sent)));
    }

    JobView submit(String json) throws IOException, InterruptedException {
        return job(withJson("/api/etl/upload", json));
    }

    JobView get(String id) throws IOException, InterruptedException {
        return job(to(JOBS + "/" + encoded(id)).timeout(ANSWER).GET());
    }

    JobView cancel(String id, boolean revert) throws IOException, InterruptedException {
        return job(to(JOBS + "/" + encoded(id) + (revert ? "?revert=true" : "")).timeout(ANSWER).DELETE());
    }

    JobView retry(String id) throws IOException, InterruptedException {
        return job(to(JOBS + "/" + encoded(id) + "/retry").timeout(ANSWER).POST(BodyPublishers.noBody()));
    }

    JobView revert(String collectionPath, String json) throws IOException, InterruptedException {
        return job(withJson(collectionPath + "/revert", json));
    }

    /** The JSON as it comes. */
    String list(String query) throws IOException, InterruptedException {
        return text(to(JOBS + query).timeout(ANSWER).GET());
    }

    String getJson(String path) throws IOException, InterruptedException {
        return text(to(path).timeout(ANSWER).GET());
    }

    String postJson(String path) throws IOException, InterruptedException {
        return text(to(path).timeout(ANSWER).POST(BodyPublishers.noBody()));
    }

    String deleteJson(String path) throws IOException, InterruptedException {
        return text(to(path).timeout(ANSWER).DELETE());
    }

    /** Lines of JSON. Close it. */
    InputStream errors(String id) throws IOException, InterruptedException {
        return stream(JOBS + "/" + encoded(id) + "/errors");
    }

    /** Server-sent events. Close it. */
    InputStream events(String id) throws IOException, InterruptedException {
        return stream(JOBS + "/" + encoded(id) + "/events");
    }

    private InputStream stream(String path) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = client.send(to(path).GET().build(),
                BodyHandlers.ofInputStream());
        if (answer.statusCode() != 200) {
            try (InputStream body = answer.body()) {
                throw refusal(answer, new String(body.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return answer.body();
    }

    private HttpRequest.Builder withJson(String path, String json) {
        return to(path).header("Content-Type", "application/json").timeout(ANSWER)
                .POST(BodyPublishers.ofString(json));
    }

    private JobView job(HttpRequest.Builder request) throws IOException, InterruptedException {
        return JobView.of(text(request));
    }

    private String text(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw refusal(answer, answer.body());
        }
        return answer.body();
    }

    private IOException refusal(HttpResponse<?> answer, String body) {
        String message = message(answer.statusCode(), body);
        if (answer.statusCode() == 429 || answer.statusCode() == 503) {
            long seconds = answer.headers().firstValue("Retry-After").filter(v -> v.matches("\\d{1,6}"))
                    .map(Long::parseLong).orElse(2L);
            return new BusyException(message, 1000 * Math.max(1, Math.min(60, seconds)));
        }
        throw new CommandException(message);
    }

    private String message(int status, String body) {
        if (status == 401) {
            return "the server asks for a token: " + (token == null ? "put one" : "it does not take the one")
                    + " in FOREBAY_TOKEN";
        }
        try {
            String said = JobView.of(body).text("message");
            if (said != null) {
                return said;
            }
        } catch (IOException noJson) {
            // Not from Forebay, perhaps from what stands before it.
        }
        if (status == 413) {
            // java.net.http drops the body of an answer that comes in place of 100 Continue.
            return "the file has more bytes than the server takes (imports.max_upload_bytes)";
        }
        return server + " answers with status " + status
                + (status == 404 ? ": is that a Forebay with imports?" : "");
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
