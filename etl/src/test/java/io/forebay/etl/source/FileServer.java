package io.forebay.etl.source;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A web server with one file, {@code /data.jsonl}, that misbehaves as it is told: each request takes one step from the
 * queue, and behaves when that is empty. Other paths by {@link #at}.
 */
final class FileServer implements AutoCloseable {
    /** What happens to one request. */
    @FunctionalInterface
    interface Step {
        void answer(FileServer server, HttpExchange exchange) throws IOException;
    }

    final List<String> requests = new CopyOnWriteArrayList<>();
    final List<String> hosts = new CopyOnWriteArrayList<>();
    final Deque<Step> steps = new ConcurrentLinkedDeque<>();
    volatile byte[] content;
    volatile @Nullable String etag = "\"1\"";
    volatile boolean ranges = true;
    volatile boolean chunked;
    volatile Map<String, String> headers = Map.of();
    private final HttpServer server;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    FileServer(byte[] content) throws IOException {
        this.content = content;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.setExecutor(executor);
        at("/", FileServer::whole);
        server.start();
    }

    void at(String path, Step step) {
        server.createContext(path, exchange -> {
            String range = exchange.getRequestHeaders().getFirst("Range");
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI()
                    + (range == null ? "" : " " + range));
            hosts.add(exchange.getRequestHeaders().getFirst("Host"));
            Step planned = steps.poll();
            (planned == null ? step : planned).answer(this, exchange);
        });
    }

    int port() {
        return server.getAddress().getPort();
    }

    String url(String host, String path) {
        return "http://" + host + ":" + port() + path;
    }

    static Step status(int status, String... headers) {
        return (server, exchange) -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        };
    }

    static Step redirect(String location) {
        return status(302, "Location", location);
    }

    /** Sends so many bytes of what it promised and cuts. */
    static Step cut(int bytes) {
        return (server, exchange) -> server.send(exchange, bytes);
    }

    static void whole(FileServer server, HttpExchange exchange) throws IOException {
        server.send(exchange, Integer.MAX_VALUE);
    }

    private void send(HttpExchange exchange, int bytesMax) throws IOException {
        byte[] now = content;
        headers.forEach(exchange.getResponseHeaders()::set);
        if (etag != null) {
            exchange.getResponseHeaders().set("ETag", etag);
        }
        int from = from(exchange);
        if (from > 0 && from >= now.length) {
            status(416).answer(this, exchange);
            return;
        }
        if (from > 0) {
            exchange.getResponseHeaders().set("Content-Range",
                    "bytes " + from + "-" + (now.length - 1) + "/" + now.length);
        }
        int length = now.length - from;
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
            return;
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, chunked ? 0 : length);
        OutputStream out = exchange.getResponseBody();
        out.write(now, from, Math.min(length, bytesMax));
        out.flush();
        if (bytesMax >= length) {
            out.close();
        } else if (chunked) {
            // The JDK's server would end the chunks properly.
            throw new UncheckedIOException(new IOException("cut"));
        }
        exchange.close();
    }

    private int from(HttpExchange exchange) {
        String range = exchange.getRequestHeaders().getFirst("Range");
        String condition = exchange.getRequestHeaders().getFirst("If-Range");
        if (!ranges || range == null || (condition != null && !condition.equals(etag))) {
            return 0;
        }
        return Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
