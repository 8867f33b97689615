package io.forebay.server.cli;

import io.forebay.engine.Forebay;
import io.forebay.engine.backup.Backups;
import io.forebay.etl.Imports;
import io.forebay.server.Version;
import io.forebay.server.auth.Authentication;
import io.forebay.server.binary.BinaryOptions;
import io.forebay.server.binary.BinaryServer;
import io.forebay.server.config.ImportsConfig;
import io.forebay.server.config.ServerConfig;
import io.forebay.server.http.HttpOptions;
import io.forebay.server.http.HttpPort;
import io.forebay.server.http.HttpServer;
import io.forebay.server.http.ServerMetrics;
import io.forebay.server.http.route.ImportService;
import io.forebay.server.ops.Readiness;
import io.forebay.server.ops.ServerOps;
import java.nio.file.Path;
import java.net.ServerSocket;
import java.net.InetSocketAddress;
import java.io.IOException;
import java.util.List;
import java.util.Map;
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
    private final Backups backups;
    private final Authentication authentication;
    private final ServerMetrics metrics;
    private final HttpServer http;
    private final @Nullable BinaryServer binary;
    private final ServerOps ops;

    private ServerRuntime(ServerConfig config, Authentication authentication, Forebay engine,
            @Nullable Imports imports, Backups backups, ServerMetrics metrics, HttpServer http,
            @Nullable BinaryServer binary, ServerOps ops) {
        this.config = config;
        this.authentication = authentication;
        this.engine = engine;
        this.imports = imports;
        this.backups = backups;
        this.metrics = metrics;
        this.http = http;
        this.binary = binary;
        this.ops = ops;
    }

    /** @throws io.forebay.model.ForebayException with a message for the user */
    static ServerRuntime start(ServerConfig config) {
        ServerConfig.Server server = config.server();
        checkPortIsFree(server.host(), server.port(), "--port or --host");
        checkPortIsFree(server.host(), server.binary().port(), "--set server.binary_port=PORT (-2 for none)");
        Readiness readiness = Readiness.opening();
        Starting start = new Starting(config, OpsSetup.open(config, readiness));
        try {
            return start.run();
        } catch (RuntimeException e) {
            start.close();
            throw e;
        }
    }

    /** What is open so far. */
    private static final class Starting {
        private final ServerConfig config;
        private final ServerOps ops;
        private final ServerMetrics metrics;
        private @Nullable Authentication authentication;
        private @Nullable HttpPort port;
        private @Nullable Forebay engine;
        private @Nullable Imports imports;
        private @Nullable Backups backups;
        private @Nullable HttpServer http;

        Starting(ServerConfig config, ServerOps ops) {
            this.config = config;
            this.ops = ops;
            this.metrics = new ServerMetrics(config.server().metricsCollectionsMax());
        }

        ServerRuntime run() {
            ServerConfig.Server server = config.server();
            HttpOptions options = httpOptions(config);
            Authentication known = AuthSetup.open(config, ops.audit());
            authentication = known;
            // Open before the store, which may take a while: whoever asks meanwhile is told so.
            HttpPort listening = HttpPort.open(options, ops);
            port = listening;
            Forebay opened = Forebay.open(server.path(), config.forebayOptions(), metrics);
            engine = opened;
            imports = openImports(config, opened, metrics);
            Backups making = new Backups(opened, config.backup().directory(),
                    List.of(imports == null ? new ClosedImports(server.path()) : imports.backupPart()),
                    config.backup().hardLinks());
            backups = making;
            metrics.observeBackups(making);
            HttpServer serving = HttpServer.start(listening, opened, options, metrics, known,
                    service(config.imports(), imports), making, ops);
            http = serving;
            BinaryServer binary = server.binary().port() == ServerConfig.Binary.NONE
                    ? null
                    : BinaryServer.start(serving.shared(), BinaryOptions
                            .at(server.host(), server.binary().port())
                            .withReloadedTls(OpsSetup.binaryTls(ops)));
            ops.audit().happened("server.start", Map.of("version", Version.text(), "path",
                    server.path().toAbsolutePath().normalize().toString()));
            return new ServerRuntime(config, known, opened, imports, making, metrics, serving, binary, ops);
        }

        void close() {
            if (http != null) {
                http.close();
            } else if (port != null) {
                port.close();
            }
            if (backups != null) {
                backups.close();
            }
            if (imports != null) {
                metrics.observe(null);
                imports.close();
            }
            if (engine != null) {
                engine.close();
            }
            metrics.close();
            if (authentication != null) {
                authentication.close();
            }
            ops.close();
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
                .withHosts(server.hosts())
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
        String url = (config.server().tls().isOn() ? "https://" : "http://") + at + ":" + http.port()
                + binaryUrl(at);
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
        String scheme = ops.binaryTls() == null ? "forebay" : "forebays";
        return " and " + scheme + "://" + at + ":" + binary.port();
    }

    /**
     * Goes on serving for as long as {@code server.drain_millis} says, while {@code /readyz} says that it is about to
     * stop and answers ask clients to come back over another connection.
     */
    void drain() throws InterruptedException {
        ops.readiness().drain();
        if (binary != null) {
            binary.drain();
        }
        CliThreads.pause(config.server().drainMillis());
    }

    @Override
    public void close() {
        ops.readiness().drain();
        if (binary != null) {
            binary.close();
        }
        http.close();
        backups.close();
        if (imports != null) {
            metrics.observe(null);
            imports.close();
        }
        engine.close();
        metrics.close();
        authentication.close();
        ops.audit().happened("server.stop", Map.of());
        ops.close();
    }
}
