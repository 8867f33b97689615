package io.forebay.server.cli;

import io.forebay.engine.Forebay;
import io.forebay.server.auth.Authentication;
import io.forebay.server.config.ServerConfig;
import io.forebay.server.http.HttpOptions;
import io.forebay.server.http.HttpServer;
import io.forebay.server.http.ServerMetrics;
import java.nio.file.Path;
import java.net.ServerSocket;
import java.net.InetSocketAddress;
import java.io.IOException;

/**
 * A running server: an engine, and HTTP on top of it. The one place where configuration, engine and network
 * meet.
 *
 * <p>Failure: if one of them does not start, what was started before it is closed again.
 */
final class ServerRuntime implements AutoCloseable {
    private static final long STOP_GRACE_MILLIS = 3_000;

    private final ServerConfig config;
    private final Forebay engine;
    private final Authentication authentication;
    private final ServerMetrics metrics;
    private final HttpServer http;

    private ServerRuntime(ServerConfig config, Authentication authentication, Forebay engine,
            ServerMetrics metrics, HttpServer http) {
        this.config = config;
        this.authentication = authentication;
        this.engine = engine;
        this.metrics = metrics;
        this.http = http;
    }

    /** @throws io.forebay.model.ForebayException with a message for the user */
    static ServerRuntime start(ServerConfig config) {
        checkPortIsFree(config.server());
        Authentication authentication = AuthSetup.open(config);
        ServerMetrics metrics = new ServerMetrics(config.server().metricsCollectionsMax());
        Forebay engine = null;
        try {
            engine = Forebay.open(config.server().path(), config.forebayOptions(), metrics);
            return new ServerRuntime(config, authentication, engine, metrics,
                    HttpServer.start(engine, httpOptions(config), metrics, authentication));
        } catch (RuntimeException e) {
            if (engine != null) {
                engine.close();
            }
            metrics.close();
            authentication.close();
            throw e;
        }
    }

    /** Before the store is opened, which may take a while, or even made. */
    private static void checkPortIsFree(ServerConfig.Server server) {
        if (server.port() == 0) {
            return;
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(server.host(), server.port()));
        } catch (IOException taken) {
            throw new CommandException("cannot listen on " + server.host() + ":" + server.port() + " ("
                    + taken.getMessage() + "); choose another with --port or --host");
        }
    }

    private static HttpOptions httpOptions(ServerConfig config) {
        ServerConfig.Server server = config.server();
        HttpOptions machine = HttpOptions.defaults();
        long inFlight = server.bodiesInFlightBytesMax() == 0
                ? Math.max(machine.bodiesInFlightBytesMax(), server.bodyBytesMax())
                : server.bodiesInFlightBytesMax();
        return machine.withAddress(server.host(), server.port())
                .withIoThreads(server.ioThreads() == 0 ? machine.ioThreads() : server.ioThreads())
                .withBodyBytes(server.bodyBytesMax(), inFlight)
                .withBodyWait(server.bodyWaitMillis())
                .withAllowReset(server.allowReset())
                .withMaxBatchSize(server.batchSizeMax())
                .withCorsAllowOrigins(server.corsAllowOrigins())
                .withConnectionsMax(server.connectionsMax())
                .withChanges(server.changesMax(), machine.heartbeatMillis())
                .withPatience(server.stallMillis(), server.keepAliveMillis(), STOP_GRACE_MILLIS);
    }

    /** One line that says what runs, where, and how. */
    String startLine() {
        String host = config.server().host();
        String shown = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
        String url = "http://" + (shown.contains(":") ? "[" + shown + "]" : shown) + ":" + http.port();
        Path path = config.server().path().toAbsolutePath().normalize();
        return "Forebay " + Version.text() + " listening on " + url + ", path " + path + ", durability "
                + config.wal().durability().wireName() + ", batch_ingest " + config.ingest().batchIngest()
                + ", index " + config.index().engine() + ", tokens " + (authentication.isOn() ? "on" : "off")
                + ", Chroma API v2, JDK " + Runtime.version().feature()
                + ", pid " + ProcessHandle.current().pid();
    }

    @Override
    public void close() {
        http.close();
        engine.close();
        metrics.close();
        authentication.close();
    }
}
