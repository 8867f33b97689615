package io.forebay.server.binary;

import io.forebay.engine.EngineMetrics;
import io.forebay.engine.Forebay;
import io.forebay.engine.ForebayOptions;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Database;
import io.forebay.model.Durability;
import io.forebay.server.auth.Authentication;
import io.forebay.server.http.HeldIndexer;
import io.forebay.server.http.HttpOptions;
import io.forebay.server.http.HttpPort;
import io.forebay.server.http.HttpServer;
import io.forebay.server.http.LeakWatch;
import io.forebay.server.http.ServerMetrics;
import io.forebay.server.ops.ServerOps;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** A real engine behind both ports, each a free one, watched for leaks. */
final class BinaryTestServer implements AutoCloseable {
    final Forebay engine;
    final ServerMetrics metrics;
    final HttpServer http;
    final BinaryServer binary;

    private BinaryTestServer(Path directory, HttpOptions options, BinaryOptions binaryOptions,
            Authentication authentication, ServerOps ops, UnaryOperator<EngineMetrics> told) {
        LeakWatch.install();
        metrics = new ServerMetrics();
        engine = Forebay.open(directory, ForebayOptions.defaults().withDurability(Durability.OS)
                .withExtentBytes(16 << 20).withDiskReserveBytes(0)
                .withIndexerThreads(told.apply(metrics) == metrics ? 2 : 1), told.apply(metrics));
        http = HttpServer.start(HttpPort.open(options, ops), engine, options, metrics, authentication, null,
                ops);
        binary = BinaryServer.start(http.shared(), binaryOptions);
    }

    static HttpOptions options() {
        return HttpOptions.defaults().withAddress("127.0.0.1", 0).withIoThreads(2);
    }

    static BinaryTestServer start(Path directory) {
        return start(directory, options(), all -> all);
    }

    static BinaryTestServer start(Path directory, HttpOptions options, UnaryOperator<BinaryOptions> change) {
        return start(directory, options, change, Authentication.OFF);
    }

    static BinaryTestServer start(Path directory, HttpOptions options, UnaryOperator<BinaryOptions> change,
            Authentication authentication) {
        return new BinaryTestServer(directory, options, change.apply(BinaryOptions.at("127.0.0.1", 0)),
                authentication, ServerOps.none(), metrics -> metrics);
    }

    /** With what it needs to be run by people, which its maker closes, and one indexer that stops when told to. */
    static BinaryTestServer start(Path directory, ServerOps ops, HeldIndexer indexer) {
        return new BinaryTestServer(directory, options(), BinaryOptions.at("127.0.0.1", 0),
                Authentication.OFF, ops, metrics -> indexer);
    }

    UUID collection(String name) {
        return engine.createCollection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, name, null,
                CollectionConfig.DEFAULT, true).join().id();
    }

    String httpUrl() {
        return "http://127.0.0.1:" + http.port();
    }

    String url() {
        return "forebay://127.0.0.1:" + binary.port();
    }

    @Override
    public void close() {
        binary.close();
        http.close();
        engine.close();
        metrics.close();
    }
}
