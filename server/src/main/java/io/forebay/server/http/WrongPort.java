package io.forebay.server.http;

import io.forebay.model.ErrorCode;
import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.ByteBuffer;

/**
 * Tells a client of the binary protocol that this is the port of HTTP, in an error of that protocol: the codec would
 * wait for the end of a line that never comes. Looks at the first bytes of a connection and is gone.
 */
final class WrongPort extends ChannelInboundHandlerAdapter {
    private static final int LOOKED_AT = 4;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ctx.pipeline().remove(this);
        if (message instanceof ByteBuf bytes && isPreface(bytes)) {
            bytes.release();
            ctx.writeAndFlush(Unpooled.wrappedBuffer(error())).addListener(ChannelFutureListener.CLOSE);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    private static boolean isPreface(ByteBuf bytes) {
        if (bytes.readableBytes() < LOOKED_AT) {
            return false;
        }
        for (int i = 0; i < LOOKED_AT; i++) {
            if (bytes.getByte(bytes.readerIndex() + i) != FrameHeader.PREFACE[i]) {
                return false;
            }
        }
        return true;
    }

    private static byte[] error() {
        byte[] head = new Fields().put("error", ErrorCode.INVALID_ARGUMENT.wireName())
                .put("code", ErrorCode.INVALID_ARGUMENT.name())
                .put("message", "this is the port of HTTP; the binary protocol is on another one"
                        + " (server.binary_port)")
                .encode();
        ByteBuffer frame = ByteBuffer.allocate(FrameHeader.BYTES + FrameHeader.padded(head.length));
        FrameHeader
                .of(FrameType.ERROR, ErrorCode.INVALID_ARGUMENT.httpStatus(), 0, FrameHeader.NONE,
                        head.length, 0)
                .write(frame);
        return frame.put(head).array();
    }
}
