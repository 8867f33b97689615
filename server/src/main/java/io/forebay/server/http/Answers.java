package io.forebay.server.http;

import io.forebay.server.auth.Principal;
import io.forebay.server.http.route.Response;
import io.forebay.server.http.stream.LiveContent;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;

/**
 * The answers of a connection, one for each request, and whether it lives on behind them.
 *
 * <p>Threads: the channel's event loop.
 */
final class Answers {
    /** The connection that they are given over. */
    interface Connection {
        /** Whether the request is all there, so that the next one comes behind its answer. */
        boolean isAnswering();

        /** Whether the client sends no more. */
        boolean isInputShut();

        /** The request at hand is over. */
        void next(ChannelHandlerContext ctx);
    }

    private final ServerContext server;
    private final RequestAtHand request;
    private final Connection connection;
    private final LiveAnswer live;
    private boolean keepAlive;
    private boolean stopping;
    private boolean sending;

    Answers(ServerContext server, RequestAtHand request, Connection connection) {
        this.server = server;
        this.request = request;
        this.connection = connection;
        this.live = new LiveAnswer(server);
    }

    void begin(HttpRequest head) {
        keepAlive = HttpUtil.isKeepAlive(head) && !isEnding();
    }

    /** Behind the answer at hand the connection closes. */
    void last() {
        keepAlive = false;
    }

    /** What is being answered is, and then it closes. */
    void stop() {
        stopping = true;
        live.stop();
    }

    boolean isLast() {
        return !keepAlive || stopping;
    }

    /** The answers of a server that is about to stop ask clients to come back over another connection. */
    private boolean isEnding() {
        return stopping || server.ops().readiness().isDraining();
    }

    /** Whether an answer is not yet with the system. */
    boolean isSending() {
        return sending;
    }

    /** The answer without an end, if there is one. */
    LiveAnswer live() {
        return live;
    }

    void send(ChannelHandlerContext ctx, Response response) {
        HttpRequest head = request.head();
        LiveContent feed = response.live();
        if (head == null || !ctx.channel().isActive()) {
            if (head != null) {
                request.handling(head).unsent(response);
            } else if (feed != null) {
                feed.close();
            }
            request.end();
        } else if (feed != null) {
            follow(ctx, head, response, feed);
        } else {
            answer(ctx, head, response);
        }
    }

    private void follow(ChannelHandlerContext ctx, HttpRequest head, Response response, LiveContent feed) {
        keepAlive = false;
        Verdict verdict = request.verdict();
        Principal follower = verdict.who();
        Trail trail = request.trail();
        int status = live.start(ctx.channel(), head, response, trail, feed,
                () -> server.guard().isStillValid(follower), () -> connection.next(ctx));
        trail.answered(server, verdict, head, status, response);
        if (connection.isInputShut()) {
            ctx.close(); // as if it were shut now
        }
    }

    private void answer(ChannelHandlerContext ctx, HttpRequest head, Response response) {
        keepAlive &= !isEnding();
        DefaultFullHttpResponse http = request.answered(ctx, head, response, keepAlive);
        boolean answering = connection.isAnswering();
        sending = true;
        ctx.writeAndFlush(http).addListener((ChannelFuture written) -> {
            sending = false;
            if (!written.isSuccess() || answering && !keepAlive) {
                request.end();
                ctx.close();
            } else if (answering) {
                connection.next(ctx);
            }
        });
    }
}
