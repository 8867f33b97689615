package io.forebay.server.http;

import java.util.List;
import java.util.function.Consumer;

/**
 * How the HTTP server behaves.
 *
 * @param host                   address to listen on
 * @param port                   0 for any free one
 * @param ioThreads              threads that read, decode, encode and write
 * @param bodyBytesMax           longest body of a request; a longer one answers 413
 * @param bodiesInFlightBytesMax bodies of all requests not yet answered; beyond it a request answers 429
 * @param allowReset             whether {@code POST /api/v2/reset} empties the store
 * @param maxBatchSize           advertised to clients, which split their batches by it; not enforced
 * @param corsAllowOrigins       origins that browsers may call from, {@code *} for all; empty for no CORS headers
 * @param connectionsMax         open connections; one more is answered 503 and closed
 * @param stallMillis            longest pause inside a request or while its answer is sent; then the connection is closed
 * @param keepAliveMillis        longest pause between two requests of a connection
 * @param stopGraceMillis        how long {@link HttpServer#close} lets running requests finish
 * @param nativeTransport        epoll where there is epoll
 * @param changesMax             change feeds open at once; one more is answered 429
 * @param bodyWaitMillis         longest wait for room among the bodies in flight; then 429
 * @param heartbeatMillis        silence of a change feed after which a heartbeat is sent
 * @param console                whether the web console is there
 * @param hosts                  names, besides those that are always its own, by which it is called; others are
 *                               answered 421. Empty asks for none where not everybody may do everything
 */
public record HttpOptions(String host, int port, int ioThreads, long bodyBytesMax,
        long bodiesInFlightBytesMax, boolean allowReset, int maxBatchSize, List<String> corsAllowOrigins,
        int connectionsMax, long stallMillis, long keepAliveMillis, long stopGraceMillis,
        boolean nativeTransport, int changesMax, long heartbeatMillis, long bodyWaitMillis,
        boolean console, List<String> hosts) {

    public static HttpOptions defaults() {
        long inFlight = Math.max(128L << 20, Runtime.getRuntime().maxMemory() / 4);
        return new HttpOptions("127.0.0.1", 8000, Math.max(2, Runtime.getRuntime().availableProcessors()),
                40L << 20, inFlight, false, 5461, List.of(), 10_000, 30_000, 300_000, 5_000, true, 64,
                15_000, 5_000, true, List.of());
    }

    public HttpOptions {
        corsAllowOrigins = List.copyOf(corsAllowOrigins);
        hosts = List.copyOf(hosts);
        check(port >= 0 && port <= 65_535, "port", port, "0 to 65535");
        check(ioThreads >= 1, "ioThreads", ioThreads, "at least 1");
        check(bodyBytesMax >= 1 && bodyBytesMax <= 1 << 30, "bodyBytesMax", bodyBytesMax, "1 to 1 GiB");
        check(bodiesInFlightBytesMax >= bodyBytesMax, "bodiesInFlightBytesMax", bodiesInFlightBytesMax,
                "at least bodyBytesMax");
        check(maxBatchSize >= 1, "maxBatchSize", maxBatchSize, "at least 1");
        check(connectionsMax >= 1, "connectionsMax", connectionsMax, "at least 1");
        check(stallMillis >= 1, "stallMillis", stallMillis, "at least 1");
        check(keepAliveMillis >= 1, "keepAliveMillis", keepAliveMillis, "at least 1");
        check(changesMax >= 1, "changesMax", changesMax, "at least 1");
        check(heartbeatMillis >= 1, "heartbeatMillis", heartbeatMillis, "at least 1");
        check(bodyWaitMillis >= 0, "bodyWaitMillis", bodyWaitMillis, "at least 0");
        check(stopGraceMillis >= 0, "stopGraceMillis", stopGraceMillis, "at least 0");
    }

    private static void check(boolean ok, String name, long value, String range) {
        if (!ok) {
            throw new IllegalArgumentException(name + " is " + value + ", must be " + range);
        }
    }

    public HttpOptions withAddress(String newHost, int newPort) {
        return with(draft -> {
            draft.host = newHost;
            draft.port = newPort;
        });
    }

    public HttpOptions withIoThreads(int value) {
        return with(draft -> draft.ioThreads = value);
    }

    public HttpOptions withBodyBytes(long max, long inFlightMax) {
        return with(draft -> {
            draft.bodyBytesMax = max;
            draft.bodiesInFlightBytesMax = inFlightMax;
        });
    }

    public HttpOptions withAllowReset(boolean value) {
        return with(draft -> draft.allowReset = value);
    }

    public HttpOptions withMaxBatchSize(int value) {
        return with(draft -> draft.maxBatchSize = value);
    }

    public HttpOptions withCorsAllowOrigins(List<String> value) {
        return with(draft -> draft.corsAllowOrigins = value);
    }

    public HttpOptions withConnectionsMax(int value) {
        return with(draft -> draft.connectionsMax = value);
    }

    /** Longest pauses: inside a request, between requests, and of the server's stop. */
    public HttpOptions withPatience(long stall, long keepAlive, long stopGrace) {
        return with(draft -> {
            draft.stallMillis = stall;
            draft.keepAliveMillis = keepAlive;
            draft.stopGraceMillis = stopGrace;
        });
    }

    public HttpOptions withNativeTransport(boolean value) {
        return with(draft -> draft.nativeTransport = value);
    }

    public HttpOptions withChanges(int max, long heartbeat) {
        return with(draft -> {
            draft.changesMax = max;
            draft.heartbeatMillis = heartbeat;
        });
    }

    public HttpOptions withBodyWait(long millis) {
        return with(draft -> draft.bodyWaitMillis = millis);
    }

    public HttpOptions withConsole(boolean value) {
        return with(draft -> draft.console = value);
    }

    public HttpOptions withHosts(List<String> value) {
        return with(draft -> draft.hosts = value);
    }

    private HttpOptions with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.options();
    }

    /** A copy of which single fields are changed. */
    private static final class Draft {
        private String host;
        private int port;
        private int ioThreads;
        private long bodyBytesMax;
        private long bodiesInFlightBytesMax;
        private boolean allowReset;
        private int maxBatchSize;
        private List<String> corsAllowOrigins;
        private int connectionsMax;
        private long stallMillis;
        private long keepAliveMillis;
        private long stopGraceMillis;
        private boolean nativeTransport;
        private int changesMax;
        private long heartbeatMillis;
        private long bodyWaitMillis;
        private boolean console;
        private List<String> hosts;

        Draft(HttpOptions from) {
            host = from.host;
            port = from.port;
            ioThreads = from.ioThreads;
            bodyBytesMax = from.bodyBytesMax;
            bodiesInFlightBytesMax = from.bodiesInFlightBytesMax;
            allowReset = from.allowReset;
            maxBatchSize = from.maxBatchSize;
            corsAllowOrigins = from.corsAllowOrigins;
            connectionsMax = from.connectionsMax;
            stallMillis = from.stallMillis;
            keepAliveMillis = from.keepAliveMillis;
            stopGraceMillis = from.stopGraceMillis;
            nativeTransport = from.nativeTransport;
            changesMax = from.changesMax;
            heartbeatMillis = from.heartbeatMillis;
            bodyWaitMillis = from.bodyWaitMillis;
            console = from.console;
            hosts = from.hosts;
        }

        HttpOptions options() {
            return new HttpOptions(host, port, ioThreads, bodyBytesMax, bodiesInFlightBytesMax, allowReset,
                    maxBatchSize, corsAllowOrigins, connectionsMax, stallMillis, keepAliveMillis,
                    stopGraceMillis, nativeTransport, changesMax, heartbeatMillis, bodyWaitMillis, console,
                    hosts);
        }
    }
}
