package io.forebay.server.http.stream;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is made piece by piece as the client takes it, because all of it may be too much to hold.
 *
 * <p>Threads: {@link Pieces#next} is called by one at a time of the context's, which may wait for the disk.
 */
public final class PulledContent implements LiveContent {
    /** What is sent. */
    @FunctionalInterface
    public interface Pieces {
        /** The next piece; empty: nothing yet, ask again after a wake; null at the end. */
        byte @Nullable [] next() throws Exception;

        /**
         * What may come later is told by running this.
         *
         * @return closes that
         */
        default AutoCloseable onMore(Runnable wake) {
            return () -> {};
        }

        /** When to be asked again without a wake, in milliseconds; 0 for not. */
        default long againMillis() {
            return 0;
        }

        /** What is sent when there was nothing else for a while; empty for nothing. */
        default byte[] heartbeat() {
            return new byte[0];
        }
    }

    private final String contentType;
    private final FeedSlots slots;
    private final AtomicBoolean closed = new AtomicBoolean();
    final Pieces pieces;

    private PulledContent(String contentType, FeedSlots slots, Pieces pieces) {
        this.contentType = contentType;
        this.slots = slots;
        this.pieces = pieces;
    }

    /** @throws io.forebay.model.ForebayException BACKOFF when too many are open */
    public static PulledContent open(String contentType, FeedSlots slots, Pieces pieces) {
        slots.take();
        return new PulledContent(contentType, slots, pieces);
    }

    @Override
    public String contentType() {
        return contentType;
    }

    @Override
    public LiveStream start(Channel channel, HttpResponse head, StreamContext context,
            BooleanSupplier isAllowed, Runnable onEnd) {
        return PulledStream.start(channel, head, this, context, isAllowed, onEnd);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            slots.give();
        }
    }
}
