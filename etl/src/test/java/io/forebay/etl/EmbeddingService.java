package io.forebay.etl;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.forebay.etl.embed.EmbeddingConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A service with the interface of OpenAI, on this machine: a text's vector has its length and its first character. It can be
 * down, can hold back its answers, and refuses calls with a text in which "refused" stands.
 */
final class EmbeddingService implements AutoCloseable {
    final AtomicLong texts = new AtomicLong();
    final AtomicLong calls = new AtomicLong();
    volatile boolean down;
    volatile @Nullable CountDownLatch held;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    EmbeddingService() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/embeddings", this::answer);
        server.start();
    }

    EmbeddingConnection connection() {
        URI url = URI.create("http://localhost:" + server.getAddress().getPort() + "/v1");
        return new EmbeddingConnection("service", EmbeddingConnection.Kind.OPENAI, url, "toy", null, 0, 10, 4,
                5_000,
                300);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            List<String> asked = texts(
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            calls.incrementAndGet();
            CountDownLatch latch = held;
            if (latch != null) {
                latch.await();
            }
            if (down) {
                send(exchange, 503, "{\"error\":{\"message\":\"out of order\"}}");
            } else if (asked.stream().anyMatch(text -> text.contains("refused"))) {
                send(exchange, 400, "{\"error\":{\"message\":\"this text is not to my taste\"}}");
            } else {
                texts.addAndGet(asked.size());
                List<String> data = new ArrayList<>();
                for (int i = 0; i < asked.size(); i++) {
                    data.add("{\"index\":" + i + ",\"embedding\":[" + asked.get(i).length() + ","
                            + (int) asked.get(i).charAt(0) + "]}");
                }
                send(exchange, 200, "{\"data\":[" + String.join(",", data) + "]}");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        CountDownLatch latch = held;
        if (latch != null) {
            latch.countDown();
        }
        server.stop(0);
        threads.shutdownNow();
    }
}
