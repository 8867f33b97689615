package io.forebay.bench.imports;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.forebay.bench.load.BenchThreads;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.LockSupport;

/** An OpenAI-compatible service that answers every call after the same time with vectors that mean nothing. */
final class SlowService implements AutoCloseable {
    private static final int DIMENSION = 8;

    private final long callNanos;
    private final HttpServer server;
    private final ExecutorService threads;

    SlowService(long callMillis) throws IOException {
        callNanos = callMillis * 1_000_000;
        threads = BenchThreads.asMany("service");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/embeddings", this::answer);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    private void answer(HttpExchange exchange) throws IOException {
        long due = System.nanoTime() + callNanos;
        try (exchange) {
            byte[] body = vectors(texts(exchange.getRequestBody()));
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static int texts(InputStream body) throws IOException {
        int texts = 0;
        try (JsonParser json = new JsonFactory().createParser(body)) {
            boolean inside = false;
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                inside = token == JsonToken.START_ARRAY || inside && token != JsonToken.END_ARRAY;
                texts += inside && token == JsonToken.VALUE_STRING ? 1 : 0;
            }
        }
        return texts;
    }

    private static byte[] vectors(int texts) {
        StringBuilder json = new StringBuilder("{\"data\":[");
        for (int i = 0; i < texts; i++) {
            json.append(i == 0 ? "" : ",").append("{\"index\":").append(i).append(",\"embedding\":[")
                    .append(i);
            json.append(",1".repeat(DIMENSION - 1)).append("]}");
        }
        return json.append("]}").toString().getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
