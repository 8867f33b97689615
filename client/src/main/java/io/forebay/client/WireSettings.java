package io.forebay.client;

import java.net.URI;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Where and how to connect.
 *
 * @param tls           null for none
 * @param connections   at most so many
 * @param queueBytesMax of frames that wait for a connection or for credit
 */
record WireSettings(String host, int port, @Nullable SSLContext tls, @Nullable String token,
        Duration connectTimeout, Duration requestTimeout, int connections, long queueBytesMax) {
    static final int DEFAULT_PORT = 8001;
    /** Of a change feed: what the server may send before its reader has taken any of it. */
    static final int FEED_WINDOW_BYTES = 4 << 20;

    static WireSettings of(ForebayClient.Builder settings) {
        URI uri = settings.baseUri;
        String host = uri.getHost();
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new WireSettings(bare, uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                "forebays".equals(uri.getScheme()) ? settings.tls() : null, settings.token,
                settings.connectTimeout, settings.requestTimeout, settings.connections,
                settings.queueBytesMax);
    }

    String address() {
        return (tls == null ? "forebay://" : "forebays://") + (host.contains(":") ? "[" + host + "]" : host)
                + ":"
                + port;
    }
}
