package io.forebay.server.http;

import io.forebay.server.http.route.ErrorAnswers;
import io.forebay.server.http.route.Response;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** An answer becomes the message that Netty sends. */
final class Rendering {
    private static final int FIRST_BYTES = 512;

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

    private static DefaultFullHttpResponse render(ByteBufAllocator alloc, Response response)
            throws IOException {
        ByteBuf content = alloc.buffer(FIRST_BYTES);
        boolean done = false;
        try {
            try (OutputStream out = new ByteBufOutputStream(content)) {
                response.body().writeTo(out);
            }
            DefaultFullHttpResponse http = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
                    HttpResponseStatus.valueOf(response.status()), content);
            if (response.contentType() != null) {
                http.headers().set(HttpHeaderNames.CONTENT_TYPE, response.contentType());
            }
            http.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, content.readableBytes());
            response.headers().forEach(header -> http.headers().set(header.getKey(), header.getValue()));
            done = true;
            return http;
        } finally {
            if (!done) {
                content.release();
            }
        }
    }
}
