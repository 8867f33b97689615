package io.forebay.server.http;

import io.forebay.server.http.route.BodySink;
import io.forebay.server.http.route.Response;
import io.forebay.server.http.route.Route;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The request that a connection is at, one after the other in the same object: its head and what is said of it, its
 * body as far as it has come, its share of the memory of all bodies.
 *
 * <p>Threads: the channel's event loop.
 *
 * <p>Invariant: what was taken of the budget is given back exactly once per request ({@link #end}).
 */
final class RequestAtHand {
    private final ServerContext server;
    private final BodyShare share;
    private @Nullable HttpRequest head;
    private Verdict verdict = Verdict.NONE;
    private Trail trail = Trail.NONE;
    private @Nullable BodyBuffer body;
    private @Nullable StreamedBody stream;
    private long announced;
    private long received;

    RequestAtHand(ServerContext server) {
        this.server = server;
        this.share = new BodyShare(server.budget(), server.options().bodyWaitMillis());
    }

    // ---- its head ----

    void begin(ChannelHandlerContext ctx, HttpRequest request) {
        head = request;
        verdict = Verdict.NONE;
        body = null;
        received = 0;
        trail = Trail.of(ctx.channel(), request);
    }

    /** Where it leads, who asks, whether its body may come. */
    Verdict judge(HttpRequest request) {
        announced = HttpUtil.isTransferEncodingChunked(request) ? -1 : HttpUtil.getContentLength(request, 0L);
        verdict = Verdict.of(server, request, announced, trail.from());
        body = verdict.keepsBody() ? new BodyBuffer() : null;
        return verdict;
    }

    /** Null between requests. */
    @Nullable
    HttpRequest head() {
        return head;
    }

    Verdict verdict() {
        return verdict;
    }

    Trail trail() {
        return trail;
    }

    /** The handler's work. */
    Handling handling(HttpRequest request) {
        return new Handling(server, verdict, request, trail);
    }

    // ---- its body ----

    /** True when the body may come now; else one of the two is called, unless the request ends before. */
    boolean asksForRoom(EventLoop loop, Runnable granted, Runnable refused) {
        return body == null || share.ask(announced, loop, granted, refused);
    }

    /** Makes what takes a body of any length; null where the body is kept, or read over. */
    @Nullable
    StreamedBody stream(ChannelHandlerContext ctx, HttpRequest request, Runnable opened, Runnable hasRoom,
            Consumer<Response> answer) {
        BodySink.Source source = verdict.stream();
        if (source != null) {
            stream = new StreamedBody(verdict.what(), source,
                    verdict.request(request, new BodyBuffer(), trail), opened, hasRoom, answer,
                    ctx.executor(), source.threads(server.uploads()));
        }
        return stream;
    }

    /** Null where there is none. */
    @Nullable
    StreamedBody stream() {
        return stream;
    }

    /** As they come, so that a body which is refused or cut off counts too. */
    void charge(HttpContent content) {
        int bytes = content.content().readableBytes();
        received += bytes;
        server.ops().rates().received(verdict.who(), trail.from(), bytes);
    }

    /** What is read over is counted anew. */
    void forgetReceived() {
        received = 0;
    }

    long received() {
        return received;
    }

    boolean isTooLong() {
        return received > (stream == null ? server.options().bodyBytesMax() : stream.bytesMax());
    }

    boolean isAnnouncedTooLong() {
        return announced > server.options().bodyBytesMax();
    }

    Response busy(long bytes) {
        return Refusals.busy(server, bytes);
    }

    Response busy() {
        return busy(announced);
    }

    /** False when there is no room for it. */
    boolean keep(ByteBuf piece) {
        if (body == null) {
            return true;
        }
        if (!share.covers(received)) {
            return false;
        }
        body.append(piece, announced);
        return true;
    }

    /** All that was kept, which it is no longer. */
    BodyBuffer whole() {
        BodyBuffer whole = body == null ? new BodyBuffer() : body;
        body = null;
        return whole;
    }

    /** Whoever takes the body is slower than it comes. */
    boolean isFull() {
        return stream != null && stream.isFull();
    }

    void dropBody() {
        body = null;
        if (stream != null) {
            stream.close();
            stream = null;
        }
    }

    // ---- its end ----

    /** Called when the handler has what it needs of the body. */
    void begun(Route route) {
        if (route.keepsNoBody()) {
            share.end(); // an ack that is held back must not hold back the bodies of others
        }
    }

    /** The answer as it is sent; it is in metrics and logs from now on. */
    DefaultFullHttpResponse answered(ChannelHandlerContext ctx, HttpRequest request, Response response,
            boolean keepAlive) {
        DefaultFullHttpResponse http = Rendering.of(ctx.alloc(), response, verdict.what());
        server.cors().apply(request, http.headers());
        trail.stamp(http.headers());
        HttpUtil.setKeepAlive(http.headers(), request.protocolVersion(), keepAlive);
        trail.answered(server, verdict, request, http.status().code(), response);
        return http;
    }

    void end() {
        share.end();
        head = null;
        dropBody();
    }
}
