package io.forebay.server.http;

import io.forebay.server.http.route.Response;
import io.forebay.server.http.stream.LiveContent;
import io.forebay.server.http.stream.LiveStream;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The answer without an end that a connection is sending, if it is. When such an answer ends all the same, so does its
 * connection.
 *
 * <p>Threads: the channel's event loop.
 */
final class LiveAnswer {
    private final ServerContext server;
    private @Nullable LiveStream stream;

    LiveAnswer(ServerContext server) {
        this.server = server;
    }

    /**
     * Sends head and content; returns the status.
     *
     * @param isAllowed asked meanwhile: whether the client may still have it
     * @param onEnd     called when all is sent
     */
    int start(Channel channel, HttpRequest request, Response response, Trail trail, LiveContent content,
            BooleanSupplier isAllowed, Runnable onEnd) {
        HttpResponse http = Rendering.head(response, request.protocolVersion());
        server.cors().apply(request, http.headers());
        trail.stamp(http.headers());
        HttpUtil.setKeepAlive(http.headers(), request.protocolVersion(), false);
        if (request.method().equals(HttpMethod.HEAD)) {
            content.close();
            channel.write(http);
            channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(sent -> onEnd.run());
        } else {
            stream = content.start(channel, http, server.streams(), isAllowed, () -> {
                stream = null;
                onEnd.run();
            });
        }
        return http.status().code();
    }

    boolean isOn() {
        return stream != null;
    }

    /** Nothing has moved for long: whether that is because the client does not take what is sent. */
    boolean isStalled() {
        return stream != null && stream.isStalled();
    }

    /** There may be room again. */
    void wake() {
        if (stream != null) {
            stream.wake();
        }
    }

    void stop() {
        if (stream != null) {
            stream.stop();
        }
    }

    /** The connection is lost. */
    void close() {
        if (stream != null) {
            stream.close();
        }
    }
}
