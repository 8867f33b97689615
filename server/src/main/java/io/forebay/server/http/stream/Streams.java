package io.forebay.server.http.stream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;

/** What every answer without an end does to its channel: how it begins, how it ends, whether its client takes it. */
final class Streams {
    private Streams() {}

    /** Sends the head; from then on so much waits in the channel at most. */
    static void begin(Channel channel, HttpResponse head) {
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(
                ChangeStream.QUEUED_BYTES_MAX / 2, ChangeStream.QUEUED_BYTES_MAX));
        channel.writeAndFlush(head);
    }

    static void finish(Channel channel, Runnable onEnd) {
        channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(sent -> onEnd.run());
    }

    /** See {@link LiveStream#isStalled}. */
    static boolean isStalled(Channel channel) {
        ChannelOutboundBuffer queued = channel.unsafe().outboundBuffer();
        return queued != null && queued.totalPendingWriteBytes() > 0;
    }
}
