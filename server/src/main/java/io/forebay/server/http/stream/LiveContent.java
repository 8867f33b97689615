package io.forebay.server.http.stream;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpResponse;
import java.util.function.BooleanSupplier;

/** What follows the head of an answer that has no end. Whoever has it starts it or closes it; closing twice does no harm. */
public interface LiveContent extends AutoCloseable {
    String contentType();

    /**
     * Sends the head and then the content. Called on the event loop.
     *
     * @param isAllowed whether who asked for it may still have it; asked on the event loop
     * @param onEnd     called on the event loop when the answer is complete; not when the connection is lost
     */
    LiveStream start(Channel channel, HttpResponse head, StreamContext context, BooleanSupplier isAllowed,
            Runnable onEnd);

    @Override
    void close();
}
