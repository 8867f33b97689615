package io.forebay.etl.embed;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A service with OpenAI's interface of embeddings on this machine, which does odd things when it is told to. A text's vector
 * is its length, its first character and the number of texts of its call.
 */
final class OddService implements AutoCloseable {
    /** What to do with one call. */
    interface Answer {
        void to(HttpExchange exchange, Call call) throws IOException;
    }

    /** One that came. */
    record Call(List<String> texts, String body, String authorization) {}

    final List<Call> calls = new CopyOnWriteArrayList<>();
    /** For the next calls; when there is none left, answers are good. */
    final Queue<Answer> odd = new ConcurrentLinkedQueue<>();
    /** Ends the waiting of {@link #never}. */
    final CountDownLatch over = new CountDownLatch(1);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    OddService() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/embeddings", this::handle);
        server.start();
    }

    URI url() {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/v1");
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Call call = new Call(texts(body), body, exchange.getRequestHeaders().getFirst("Authorization"));
            calls.add(call);
            Answer answer = odd.poll();
            if (answer == null) {
                answer = OddService::good;
            }
            answer.to(exchange, call);
        }
    }

    private static List<String> texts(String body) throws IOException {
        List<String> texts = new ArrayList<>();
        try (JsonParser json = new JsonFactory().createParser(body)) {
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.START_ARRAY) {
                    while (json.nextToken() != JsonToken.END_ARRAY) {
                        texts.add(json.getText());
                    }
                }
            }
        }
        return texts;
    }

    static float[] vector(String text, int texts) {
        return new float[]{text.length(), text.isEmpty() ? ' ' : text.charAt(0), texts};
    }

    /** In the reverse order, which the index puts right. */
    static void good(HttpExchange exchange, Call call) throws IOException {
        List<String> items = new ArrayList<>();
        for (int i = call.texts().size() - 1; i >= 0; i--) {
            float[] v = vector(call.texts().get(i), call.texts().size());
            items.add(
                    "{\"object\":\"embedding\",\"index\":" + i + ",\"embedding\":[" + v[0] + "," + v[1] + ","
                            + v[2] + "]}");
        }
        send(exchange, 200, "{\"object\":\"list\",\"data\":[" + String.join(",", items)
                + "],\"usage\":{\"total_tokens\":1}}");
    }

    static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    static Answer says(int status, String body, String... headers) {
        return (exchange, call) -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            send(exchange, status, body);
        };
    }

    /** Sends nothing until the test is over. */
    Answer never() {
        return (exchange, call) -> awaitTheEnd();
    }

    /** Sends the beginning and then nothing. */
    Answer half() {
        return (exchange, call) -> {
            exchange.sendResponseHeaders(200, 10_000);
            exchange.getResponseBody().write("{\"data\":[".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            awaitTheEnd();
        };
    }

    private void awaitTheEnd() {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes the connection in the middle of the answer. */
    static void cut(HttpExchange exchange, Call call) throws IOException {
        exchange.sendResponseHeaders(200, 10_000);
        exchange.getResponseBody().write("{\"data\":[".getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
    }

    @Override
    public void close() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
