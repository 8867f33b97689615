package io.forebay.server.http;

import io.forebay.server.ops.TlsKeys;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the first bytes of a connection to a port with TLS: TLS goes on with the certificate of this moment, plain
 * HTTP is told what to do, anything else is closed.
 *
 * <p>Threads: the connection's event loop.
 */
final class TlsDoor extends ByteToMessageDecoder {
    private static final Logger LOG = LoggerFactory.getLogger(TlsDoor.class);
    /** A record of TLS begins with five bytes. */
    private static final int LOOKED_AT = 5;
    private static final String HINT = "This port speaks TLS: use https://\n";

    private final TlsKeys keys;

    TlsDoor(TlsKeys keys) {
        this.keys = keys;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (in.readableBytes() < LOOKED_AT) {
            return;
        }
        if (SslHandler.isEncrypted(in, false)) {
            ctx.pipeline().replace(this, "tls", keys.context().newHandler(ctx.alloc()));
            return;
        }
        LOG.debug("{} sent something else than TLS", ctx.channel().remoteAddress());
        boolean looksLikeHttp = in.getByte(in.readerIndex()) >= 'A' && in.getByte(in.readerIndex()) <= 'Z';
        in.skipBytes(in.readableBytes());
        if (looksLikeHttp) {
            ctx.writeAndFlush(ctx.alloc().buffer().writeBytes(told().getBytes(StandardCharsets.US_ASCII)))
                    .addListener(ChannelFutureListener.CLOSE);
        } else {
            ctx.close();
        }
    }

    private static String told() {
        return "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
                + "Content-Length: " + HINT.length() + "\r\n\r\n" + HINT;
    }
}
