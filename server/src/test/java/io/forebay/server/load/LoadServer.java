package io.forebay.server.load;

import io.forebay.client.CollectionLag;
import io.forebay.client.ForebayClient;
import io.forebay.engine.Forebay;
import io.forebay.engine.ForebayOptions;
import io.forebay.etl.Imports;
import io.forebay.etl.job.ImportOptions;
import io.forebay.etl.source.SourceOptions;
import io.forebay.model.Durability;
import io.forebay.server.auth.Authentication;
import io.forebay.server.binary.BinaryOptions;
import io.forebay.server.binary.BinaryServer;
import io.forebay.server.http.HttpOptions;
import io.forebay.server.http.HttpServer;
import io.forebay.server.http.LeakWatch;
import io.forebay.server.http.ServerMetrics;
import io.forebay.server.http.route.ImportService;
import io.forebay.server.ops.TlsKeys;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A real engine behind a real server, on a free port for each protocol. */
public final class LoadServer implements AutoCloseable {
    private final ServerMetrics metrics = new ServerMetrics();
    private final Forebay engine;
    private final HttpServer server;
    private final BinaryServer binary;

    private final @Nullable Imports imports;

    private LoadServer(Path directory, Authentication authentication,
            @Nullable ImportOptions importing, SourceOptions sources) {
        LeakWatch.install();
        engine = Forebay.open(directory, ForebayOptions.defaults().withDurability(Durability.OS)
                .withExtentBytes(8 << 20).withDiskReserveBytes(0).withIndexerThreads(2), metrics);
        HttpOptions options = HttpOptions.defaults().withAddress("127.0.0.1", 0).withIoThreads(2);
        if (importing == null) {
            imports = null;
            server = HttpServer.start(engine, options, metrics, authentication);
        } else {
            imports = Imports.open(directory.resolve("imports"), engine, importing, sources,
                    metrics.imports());
            server = HttpServer.start(engine, options, metrics, authentication,
                    new ImportService(imports, importing.uploadBytesMax(), 4,
                            importing.progressIntervalMillis()));
        }
        binary = BinaryServer.start(server.shared(), BinaryOptions.at("127.0.0.1", 0));
    }

    public static LoadServer start(Path directory) {
        return start(directory, Authentication.OFF);
    }

    public static LoadServer start(Path directory, Authentication authentication) {
        return new LoadServer(directory, authentication, null, SourceOptions.NONE);
    }

    /** With an import service. */
    public static LoadServer importing(Path directory, ImportOptions options, SourceOptions sources) {
        return new LoadServer(directory, Authentication.OFF, options, sources);
    }

    public String url() {
        return "http://127.0.0.1:" + server.port();
    }

    public String binaryUrl() {
        return "forebay://127.0.0.1:" + binary.port();
    }

    /** A further port for the binary protocol. */
    public BinaryServer binaryWithTls(TlsKeys keys) {
        return BinaryServer.start(server.shared(),
                BinaryOptions.at("127.0.0.1", 0).withReloadedTls(keys::context));
    }

    public ForebayClient client() {
        return client(url());
    }

    /** As a bulk load wants it: who is refused or loses its connection is told at once. */
    static ForebayClient client(String url) {
        return ForebayClient.builder(URI.create(url)).backoffAttemptsMax(0).retries(0).build();
    }

    /** Record operations that were ever acknowledged: more than there are records when something was done twice. */
    public long operations(String collection) {
        try (ForebayClient client = client()) {
            return client.lag().stream().filter(one -> one.name().equals(collection))
                    .mapToLong(CollectionLag::operations).sum();
        }
    }

    @Override
    public void close() {
        binary.close();
        server.close();
        if (imports != null) {
            imports.close();
        }
        engine.close();
        metrics.close();
    }
}
