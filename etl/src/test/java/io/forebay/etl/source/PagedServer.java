package io.forebay.etl.source;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Pages as Launchpad does: {@code /devel/PROJECT?ws.op=…&ws.size=n} answers {@code start, total_size, entries} and, but
 * for the last page, {@code next_collection_link} with {@code ws.start}. Each request takes one step from the queue.
 */
final class PagedServer implements AutoCloseable {
    /** What happens to one request. True: it was answered. */
    @FunctionalInterface
    interface Step {
        boolean answer(HttpExchange exchange, String page) throws IOException;
    }

    final List<String> requests = new CopyOnWriteArrayList<>();
    final List<String> authorizations = new CopyOnWriteArrayList<>();
    final Deque<Step> steps = new ConcurrentLinkedDeque<>();
    /** Of the link to the next page; the place of the request when null. */
    volatile @Nullable String linkBase;
    private final int items;
    private final HttpServer server;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    PagedServer(int items) throws IOException {
        this.items = items;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.setExecutor(executor);
        server.createContext("/devel/", this::page);
        server.start();
    }

    String base(String host) {
        return "http://" + host + ":" + server.getAddress().getPort();
    }

    static Step cut(int bytes) {
        return (exchange, page) -> {
            byte[] body = page.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body, 0, Math.min(bytes, body.length - 1));
            exchange.close();
            return true;
        };
    }

    static Step status(int status) {
        return (exchange, page) -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
            return true;
        };
    }

    static Step body(String body) {
        return (exchange, page) -> {
            exchange.sendResponseHeaders(200, body.length());
            exchange.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
            exchange.close();
            return true;
        };
    }

    static String item(int number) {
        return "{\"id\":" + number + ",\"title\":\"Bug #" + number + " in \\\"x\\\"\",\"heat\":" + number
                + ".50,\"tags\":[\"a\",null]}";
    }

    private void page(HttpExchange exchange) throws IOException {
        requests.add(exchange.getRequestURI().toString());
        authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        Map<String, String> query = query(exchange);
        int start = Integer.parseInt(query.getOrDefault("ws.start", "0"));
        int size = Integer.parseInt(query.getOrDefault("ws.size", "75"));
        int end = Math.min(items, start + size);
        String base = linkBase == null ? "http://" + exchange.getRequestHeaders().getFirst("Host") : linkBase;
        String next = base + exchange.getRequestURI().getPath() + "?ws.op=" + query.get("ws.op") + "&ws.size="
                + size + "&memo=" + end + "&ws.start=" + end;
        String page = "{\"start\":" + start + ",\"total_size\":" + items
                + (end < items ? ",\"next_collection_link\":\"" + next + "\"" : "") + ",\"entries\":["
                + IntStream.range(start, end).mapToObj(PagedServer::item).collect(Collectors.joining(", "))
                + "],\"resource_type_link\":\"" + base + "/devel/#page\"}";
        Step step = steps.poll();
        if (step == null || !step.answer(exchange, page)) {
            body(page).answer(exchange, page);
        }
    }

    private static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> query = new HashMap<>();
        for (String pair : String.valueOf(exchange.getRequestURI().getQuery()).split("&")) {
            query.put(pair.substring(0, Math.max(0, pair.indexOf('='))),
                    pair.substring(pair.indexOf('=') + 1));
        }
        return query;
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
