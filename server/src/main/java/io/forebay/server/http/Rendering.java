package io.forebay.server.http;

import io.forebay.server.http.route.ErrorAnswers;
import io.forebay.server.http.route.Response;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An answer becomes the message that Netty sends. */
final class Rendering {
    private Rendering() {}

    /** An answer whose body cannot be written becomes the answer that says so. */
    static DefaultFullHttpResponse of(ByteBufAllocator alloc, Response response, @Nullable String what) {
        try {
            return render(alloc, response);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            try {
                return render(alloc, ErrorAnswers.of(e, what));
            } catch (IOException again) {
                throw new IllegalStateException(again);
            }
        }
    }

    /** The head of an answer whose end is not known; a client of HTTP/1.0 learns it when the connection closes. */
    static HttpResponse head(Response response, HttpVersion version) {
        DefaultHttpResponse http = new DefaultHttpResponse(HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(response.status()));
        headers(response, http);
        HttpUtil.setTransferEncodingChunked(http, version.equals(HttpVersion.HTTP_1_1));
        return http;
    }

    private static void headers(Response response, HttpResponse http) {
        if (response.contentType() != null) {
            http.headers().set(HttpHeaderNames.CONTENT_TYPE, response.contentType());
        }
        response.headers().forEach(header -> http.headers().set(header.getKey(), header.getValue()));
    }

    private static DefaultFullHttpResponse render(ByteBufAllocator alloc, Response response)
            throws IOException {
        try (AnswerBody body = new AnswerBody(alloc)) {
            response.body().writeTo(body);
            ByteBuf content = body.take();
            DefaultFullHttpResponse http = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
                    HttpResponseStatus.valueOf(response.status()), content);
            headers(response, http);
            if (response.status() != HttpResponseStatus.NOT_MODIFIED.code()) {
                http.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, content.readableBytes());
            }
            return http;
        }
    }
}
