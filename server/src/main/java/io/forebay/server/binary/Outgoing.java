package io.forebay.server.binary;

import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameType;
import io.forebay.server.http.HttpThreads;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * What one client is sent: frames, those of a turn of the loop flushed together, each with the credit that is free by
 * then; and the end of the connection.
 *
 * <p>Threads: the connection's event loop.
 */
final class Outgoing {
    private static final long LINGER_MILLIS = 500;

    private final Channel channel;
    private final Credit credit;
    private final boolean hasTls;
    private boolean flushing;

    Outgoing(Channel channel, Credit credit, boolean hasTls) {
        this.channel = channel;
        this.credit = credit;
        this.hasTls = hasTls;
    }

    /** A frame without a payload. */
    void say(FrameType type, long requestId, Fields fields) {
        write(Frames.of(channel.alloc(), type, 0, requestId, fields, credit.give()));
    }

    /** The answer of a request of this type; one that cannot be written becomes the answer that says so. */
    void answer(FrameType type, long requestId, Reply reply) {
        ByteBuf frame;
        int given = credit.give();
        try {
            frame = Frames.of(channel.alloc(), reply, requestId, given);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            Reply failed = Failures.of(e, type.name());
            frame = Frames.of(channel.alloc(), FrameType.ERROR, failed.status(), requestId, failed.head(),
                    given);
        }
        write(frame);
    }

    /** What is wrong with the connection; it closes. */
    void fatal(Reply reply) {
        write(Frames.of(channel.alloc(), FrameType.ERROR, reply.status(), 0, reply.head(), 0));
        closeWhenSent();
    }

    /** To whoever speaks something else; it closes. */
    void text(String told) {
        channel.writeAndFlush(ByteBufUtil.writeAscii(channel.alloc(), told))
                .addListener(sent -> closeSoon());
    }

    /** Flushed with what else is written in this turn of the loop. */
    private void write(ByteBuf frame) {
        channel.write(frame);
        if (!flushing) {
            flushing = true;
            HttpThreads.soonOnLoop(channel.eventLoop(), () -> {
                flushing = false;
                channel.flush();
            });
        }
    }

    void closeWhenSent() {
        channel.writeAndFlush(channel.alloc().buffer(0)).addListener(sent -> closeSoon());
    }

    /** A client that is still sending would not read the last frame if the connection were reset. */
    private void closeSoon() {
        if (channel.isActive()) {
            if (channel instanceof DuplexChannel duplex && !hasTls) {
                duplex.shutdownOutput();
            }
            channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
