package io.forebay.server.http.stream;

import io.forebay.server.lag.LagScope;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** A stream of lag that was asked for over HTTP. */
public final class LagFeed implements LiveContent {
    private final FeedSlots slots;
    private final AtomicBoolean closed = new AtomicBoolean();
    final LagEvents events;
    final LagScope scope;
    final int intervalMillis;

    private LagFeed(FeedSlots slots, LagEvents events, LagScope scope, int intervalMillis) {
        this.slots = slots;
        this.events = events;
        this.scope = scope;
        this.intervalMillis = intervalMillis;
    }

    /**
     * @param intervalMillis between two events, at least
     * @throws io.forebay.model.ForebayException BACKOFF when too many are open
     */
    public static LagFeed open(LagEvents events, LagScope scope, int intervalMillis, FeedSlots slots) {
        slots.take();
        return new LagFeed(slots, events, scope, intervalMillis);
    }

    @Override
    public String contentType() {
        return "text/event-stream";
    }

    @Override
    public LiveStream start(Channel channel, HttpResponse head, StreamContext context,
            BooleanSupplier isAllowed, Runnable onEnd) {
        return LagStream.start(channel, head, this, context, isAllowed, onEnd);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            slots.give();
        }
    }
}
