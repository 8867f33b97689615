package io.forebay.server.cli;

import io.forebay.engine.Forebay;
import io.forebay.etl.Imports;
import io.forebay.server.Version;
import io.forebay.server.auth.Authentication;
import io.forebay.server.binary.BinaryOptions;
import io.forebay.server.binary.BinaryServer;
import io.forebay.server.config.ImportsConfig;
import io.forebay.server.config.ServerConfig;
import io.forebay.server.http.HttpOptions;
import io.forebay.server.http.HttpServer;
import io.forebay.server.http.ServerMetrics;
import io.forebay.server.http.route.ImportService;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Path;
import java.net.ServerSocket;
import java.net.InetSocketAddress;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A running server: an engine, imports into it, and HTTP on top of them. The one place where configuration, engine and
 * network meet.
 *
 * <p>Failure: if one of them does not start, what was started before it is closed again.
 */
final class ServerRuntime implements AutoCloseable {
    private static final long STOP_GRACE_MILLIS = 3_000;

    private final ServerConfig config;
    private final Forebay engine;
    private final @Nullable Imports imports;
    private final Authentication authentication;
    private final ServerMetrics metrics;
    private final HttpServer http;
    private final @Nullable BinaryServer binary;

    private ServerRuntime(ServerConfig config, Authentication authentication, Forebay engine,
            @Nullable Imports imports, ServerMetrics metrics, HttpServer http,
            @Nullable BinaryServer binary) {
        this.config = config;
        this.authentication = authentication;
        this.engine = engine;
        this.imports = imports;
        this.metrics = metrics;
        this.http = http;
        this.binary = binary;
    }

    /** @throws io.forebay.model.ForebayException with a message for the user */
    static ServerRuntime start(ServerConfig config) {
        ServerConfig.Server server = config.server();
        checkPortIsFree(server.host(), server.port(), "--port or --host");
        checkPortIsFree(server.host(), server.binary().port(), "--set server.binary_port=PORT (-2 for none)");
        SslContext tls = tls(server.binary());
        Authentication authentication = AuthSetup.open(config);
        ServerMetrics metrics = new ServerMetrics(config.server().metricsCollectionsMax());
        Forebay engine = null;
        Imports imports = null;
        HttpServer http = null;
        try {
            engine = Forebay.open(config.server().path(), config.forebayOptions(), metrics);
            imports = openImports(config, engine, metrics);
            http = HttpServer.start(engine, httpOptions(config), metrics, authentication,
                    service(config.imports(), imports));
            BinaryServer binary = server.binary().port() == ServerConfig.Binary.NONE
                    ? null
                    : BinaryServer.start(http.shared(),
                            BinaryOptions.at(server.host(), server.binary().port()).withTls(tls));
            return new ServerRuntime(config, authentication, engine, imports, metrics, http, binary);
        } catch (RuntimeException e) {
            if (http != null) {
                http.close();
            }
            if (imports != null) {
                metrics.observe(null);
                imports.close();
            }
            if (engine != null) {
                engine.close();
            }
            metrics.close();
            authentication.close();
            throw e;
        }
    }

    private static @Nullable Imports openImports(ServerConfig config, Forebay engine, ServerMetrics metrics) {
        if (!config.imports().enabled()) {
            return null;
        }
        Imports imports = Imports.open(config.server().path().resolve("imports"), engine,
                config.imports().options(), config.imports().sources(), metrics.imports());
        metrics.observe(imports);
        return imports;
    }

    private static @Nullable ImportService service(ImportsConfig config, @Nullable Imports imports) {
        return imports == null
                ? null
                : new ImportService(imports, config.options().uploadBytesMax(), config.uploadsAtOnceMax(),
                        config.options().progressIntervalMillis());
    }

    /** Before the store is opened, which may take a while, or even made. */
    private static void checkPortIsFree(String host, int port, String remedy) {
        if (port <= 0) {
            return;
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(host, port));
        } catch (IOException taken) {
            throw new CommandException("cannot listen on " + host + ":" + port + " ("
                    + taken.getMessage() + "); choose another with " + remedy);
        }
    }

    private static @Nullable SslContext tls(ServerConfig.Binary binary) {
        Path certificate = binary.certificate();
        Path key = binary.key();
        if (certificate == null || key == null) {
            return null;
        }
        try {
            return SslContextBuilder.forServer(certificate.toFile(), key.toFile())
                    .sslProvider(SslProvider.JDK)
                    .build();
        } catch (IllegalArgumentException | SSLException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new CommandException("cannot use server.binary_tls_certificate " + certificate
                    + " with server.binary_tls_key " + key + ": " + cause.getMessage());
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
                .withConsole(server.console())
                .withPatience(server.stallMillis(), server.keepAliveMillis(), STOP_GRACE_MILLIS);
    }

    /** One line that says what runs, where, and how. */
    String startLine() {
        String host = config.server().host();
        String shown = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
        String at = shown.contains(":") ? "[" + shown + "]" : shown;
        String url = "http://" + at + ":" + http.port() + binaryUrl(at);
        Path path = config.server().path().toAbsolutePath().normalize();
        return "Forebay " + Version.text() + " listening on " + url + ", path " + path + ", durability "
                + config.wal().durability().wireName() + ", batch_ingest " + config.ingest().batchIngest()
                + ", index " + config.index().engine() + ", tokens " + (authentication.isOn() ? "on" : "off")
                + ", Chroma API v2, JDK " + Runtime.version().feature()
                + ", pid " + ProcessHandle.current().pid();
    }

    private String binaryUrl(String at) {
        if (binary == null) {
            return "";
        }
        String scheme = config.server().binary().certificate() == null ? "forebay" : "forebays";
        return " and " + scheme + "://" + at + ":" + binary.port();
    }

    @Override
    public void close() {
        if (binary != null) {
            binary.close();
        }
        http.close();
        if (imports != null) {
            metrics.observe(null);
            imports.close();
        }
        engine.close();
        metrics.close();
        authentication.close();
    }
}
