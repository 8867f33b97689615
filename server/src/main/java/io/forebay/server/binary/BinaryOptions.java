package io.forebay.server.binary;

import io.netty.handler.ssl.SslContext;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How the binary port behaves. Size of frames, number of connections and how long a stop may take are those of the
 * HTTP port.
 *
 * @param port            0 for any free one
 * @param windowBytes     of requests that a client may send before it is given credit
 * @param requestsMax     unanswered requests of one connection
 * @param heartbeatMillis silence after which the other side is asked whether it is there; thrice as long ends the connection
 * @param tls             null for none
 */
public record BinaryOptions(String host, int port, int windowBytes, int requestsMax, long heartbeatMillis,
        @Nullable Supplier<SslContext> tls) {
    public static final int WINDOW_BYTES = 8 << 20;
    public static final int REQUESTS_MAX = 1024;
    public static final long HEARTBEAT_MILLIS = 15_000;

    public BinaryOptions {
        if (windowBytes < 1 || requestsMax < 1 || heartbeatMillis < 1) {
            throw new IllegalArgumentException(
                    "windowBytes, requestsMax and heartbeatMillis must be at least 1");
        }
    }

    public static BinaryOptions at(String host, int port) {
        return new BinaryOptions(host, port, WINDOW_BYTES, REQUESTS_MAX, HEARTBEAT_MILLIS, null);
    }

    public BinaryOptions withTls(@Nullable SslContext context) {
        return withReloadedTls(context == null ? null : () -> context);
    }

    /** @param contexts asked for each connection */
    public BinaryOptions withReloadedTls(@Nullable Supplier<SslContext> contexts) {
        return new BinaryOptions(host, port, windowBytes, requestsMax, heartbeatMillis, contexts);
    }

    public BinaryOptions withLimits(int window, int requests) {
        return new BinaryOptions(host, port, window, requests, heartbeatMillis, tls);
    }

    public BinaryOptions withHeartbeatMillis(long millis) {
        return new BinaryOptions(host, port, windowBytes, requestsMax, millis, tls);
    }
}
