package io.forebay.server.http;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.server.http.route.ErrorAnswers;
import io.forebay.server.http.route.Probes;
import io.forebay.server.http.route.Response;
import io.forebay.server.ops.Readiness;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;

/**
 * A connection that came before the store was open: one answer, that the process lives and is not ready, and it is
 * closed, so that the next request comes over a new one.
 *
 * <p>Threads: the connection's event loop.
 */
final class OpeningAnswers extends ChannelInboundHandlerAdapter {
    private boolean answered;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest request && !answered) {
            answered = true;
            Response answer = answer(UriText.path(request.uri()));
            DefaultFullHttpResponse http = Rendering.of(ctx.alloc(), answer, null);
            HttpUtil.setKeepAlive(http, false);
            ctx.writeAndFlush(http).addListener(ChannelFutureListener.CLOSE);
        }
        ReferenceCountUtil.release(message);
    }

    private static Response answer(String path) {
        return switch (path) {
            case Probes.LIVE -> Probes.live();
            case Probes.READY -> Probes.notReady(Readiness.Phase.OPENING);
            default -> ErrorAnswers.of(new ForebayException(ErrorCode.UNAVAILABLE,
                    "The store is being opened: try again in a while"), null);
        };
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
