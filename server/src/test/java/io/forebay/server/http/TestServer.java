package io.forebay.server.http;

import io.forebay.engine.Forebay;
import io.forebay.engine.ForebayOptions;
import io.forebay.etl.Imports;
import io.forebay.etl.job.ImportOptions;
import io.forebay.etl.source.SourceOptions;
import io.forebay.model.Durability;
import io.forebay.server.auth.Authentication;
import io.forebay.server.http.route.ImportService;
import io.forebay.server.http.route.Watching;
import io.forebay.server.ops.ServerOps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;

/** A real engine behind a real server on a free port, watched for leaks. */
final class TestServer implements AutoCloseable {
    final Forebay engine;
    final ServerMetrics metrics;
    final HttpServer server;
    final HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(90)).build();

    final Imports imports;

    private TestServer(Forebay engine, ServerMetrics metrics, HttpServer server) {
        this(engine, metrics, server, null);
    }

    private TestServer(Forebay engine, ServerMetrics metrics, HttpServer server, Imports imports) {
        this.engine = engine;
        this.metrics = metrics;
        this.server = server;
        this.imports = imports;
    }

    static TestServer start(Path directory) {
        return start(directory, options());
    }

    static HttpOptions options() {
        return HttpOptions.defaults().withAddress("127.0.0.1", 0).withIoThreads(2);
    }

    static ForebayOptions engineOptions() {
        return ForebayOptions.defaults().withDurability(Durability.OS).withExtentBytes(8 << 20)
                .withDiskReserveBytes(0).withIndexerThreads(2);
    }

    static TestServer start(Path directory, HttpOptions options) {
        return start(directory, options, engineOptions());
    }

    static TestServer start(Path directory, HttpOptions options, ForebayOptions engineOptions) {
        return start(directory, options, engineOptions, Authentication.OFF);
    }

    /** One indexer, which stops when it is told to. */
    static TestServer start(Path directory, HttpOptions options, HeldIndexer indexer) {
        LeakWatch.install();
        ServerMetrics metrics = new ServerMetrics();
        Forebay engine = Forebay.open(directory, engineOptions().withIndexerThreads(1), indexer);
        return new TestServer(engine, metrics, HttpServer.start(engine, options, metrics));
    }

    static TestServer start(Path directory, HttpOptions options, ForebayOptions engineOptions,
            Authentication authentication) {
        LeakWatch.install();
        ServerMetrics metrics = new ServerMetrics();
        Forebay engine = Forebay.open(directory, engineOptions, metrics);
        return new TestServer(engine, metrics, HttpServer.start(engine, options, metrics, authentication));
    }

    /** With what it needs to be run by people, which is closed by whoever made it. */
    static TestServer start(Path directory, HttpOptions options, Authentication authentication,
            ServerOps ops) {
        LeakWatch.install();
        ServerMetrics metrics = new ServerMetrics();
        Forebay engine = Forebay.open(directory, engineOptions(), metrics);
        HttpPort port = HttpPort.open(options, ops);
        return new TestServer(engine, metrics,
                HttpServer.start(port, engine, options, metrics, authentication, null, null, ops));
    }

    /** With an import service in the directory {@code imports} beside the log. */
    static TestServer start(Path directory, HttpOptions options, Authentication authentication,
            ImportOptions importOptions, SourceOptions sources) {
        LeakWatch.install();
        ServerMetrics metrics = new ServerMetrics();
        Forebay engine = Forebay.open(directory, engineOptions(), metrics);
        Imports imports = Imports.open(directory.resolve("imports"), engine, importOptions, sources,
                metrics.imports());
        metrics.observe(imports);
        return new TestServer(engine, metrics, HttpServer.start(engine, options, metrics, authentication,
                new ImportService(imports, importOptions.uploadBytesMax(), 4,
                        importOptions.progressIntervalMillis())),
                imports);
    }

    Watching watching() {
        return server.watching();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.timeout(Duration.ofSeconds(60)).build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(uri(path)).GET());
    }

    HttpResponse<String> post(String path, String body) {
        return send(HttpRequest.newBuilder(uri(path)).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** A new collection with a default configuration; its path. */
    String collection(String name) {
        String base = "/api/v2/tenants/default_tenant/databases/default_database/collections";
        HttpResponse<String> made = post(base, "{\"name\":\"" + name + "\"}");
        if (made.statusCode() != 200) {
            throw new IllegalStateException(made.body());
        }
        return base + "/" + TestJson.object(made.body()).get("id");
    }

    Socket socket() throws IOException {
        Socket socket = new Socket("127.0.0.1", server.port());
        socket.setSoTimeout(30_000);
        return socket;
    }

    @Override
    public void close() {
        client.close();
        server.close();
        if (imports != null) {
            metrics.observe(null);
            imports.close();
        }
        engine.close();
        metrics.close();
    }
}
