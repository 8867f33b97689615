package io.forebay.bench.load;

import io.forebay.client.ForebayClient;
import io.forebay.client.ForebayClient.Encoding;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** How requests travel to a server. */
public enum Transport {
    /** HTTP, embeddings of writes as JSON numbers. */
    JSON,
    /** HTTP, embeddings of writes as base64 of float32. */
    BASE64,
    /** The binary protocol. */
    BINARY;

    /** Of one request: without batch ingest an answer waits for the link of everything before it. */
    private static final Duration REQUEST_TIMEOUT = Duration.ofMinutes(30);

    /** More than all clients of a benchmark send at once: the client is not to be what they wait for. */
    private static final long QUEUE_BYTES_MAX = 1L << 30;

    /** What the server must be told, so that it can be asked this way. */
    public Map<String, String> serverSettings() {
        return this == BINARY ? Map.of("server.binary_port", "0") : Map.of();
    }

    /** @param connections of the binary protocol; over HTTP there are as many as requests under way */
    public ForebayClient connect(ServerProcess server, int connections) {
        URI address = this == BINARY ? server.binaryAddress() : server.address();
        return ForebayClient.builder(address).encoding(this == JSON ? Encoding.JSON : Encoding.BASE64)
                .connections(connections).queueBytesMax(QUEUE_BYTES_MAX).requestTimeout(REQUEST_TIMEOUT)
                .build();
    }

    /** As it is written in options and in the names of figures. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
