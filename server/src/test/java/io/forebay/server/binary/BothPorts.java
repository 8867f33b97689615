package io.forebay.server.binary;

import io.forebay.client.ForebayClient;
import io.forebay.engine.Forebay;
import io.forebay.engine.ForebayOptions;
import io.forebay.model.Durability;
import io.forebay.server.http.HttpOptions;
import io.forebay.server.http.HttpServer;
import io.forebay.server.http.LeakWatch;
import io.forebay.server.http.ServerMetrics;
import io.netty.handler.ssl.SslContext;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A real engine behind both of its ports. */
final class BothPorts implements AutoCloseable {
    final Forebay engine;
    private final ServerMetrics metrics = new ServerMetrics();
    private final HttpServer http;
    private BinaryServer binary;

    BothPorts(Path directory) {
        this(directory, BinaryOptions.at("127.0.0.1", 0));
    }

    BothPorts(Path directory, BinaryOptions options) {
        LeakWatch.install();
        engine = Forebay.open(directory, ForebayOptions.defaults().withDurability(Durability.OS)
                .withExtentBytes(8 << 20).withDiskReserveBytes(0).withIndexerThreads(2), metrics);
        http = HttpServer.start(engine, HttpOptions.defaults().withAddress("127.0.0.1", 0).withIoThreads(2),
                metrics);
        binary = BinaryServer.start(http.shared(), options);
    }

    static BothPorts withTls(Path directory, @Nullable SslContext tls) {
        return new BothPorts(directory, BinaryOptions.at("127.0.0.1", 0).withTls(tls));
    }

    int httpPort() {
        return http.port();
    }

    int binaryPort() {
        return binary.port();
    }

    /** @param scheme http or forebay */
    int port(String scheme) {
        return scheme.equals("http") ? httpPort() : binaryPort();
    }

    ForebayClient client(String scheme) {
        return builder(scheme, port(scheme)).build();
    }

    static ForebayClient.Builder builder(String scheme, int port) {
        return ForebayClient.builder(URI.create(scheme + "://127.0.0.1:" + port))
                .backoffMax(Duration.ofMillis(50));
    }

    /** Stops the binary port and opens it again, while the engine goes on. */
    void restartBinary() {
        int port = binary.port();
        binary.close();
        binary = BinaryServer.start(http.shared(), BinaryOptions.at("127.0.0.1", port));
    }

    @Override
    public void close() {
        binary.close();
        http.close();
        engine.close();
        metrics.close();
    }
}
