package io.forebay.server.http.stream;

import io.forebay.engine.ChangeFeed;
import io.forebay.engine.Forebay;
import io.forebay.model.Include;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpResponse;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A feed that was asked for over HTTP: what it gives, in which form. Whoever has it must close it; once is enough. */
public final class OpenFeed implements LiveContent {
    public static final String BINARY = BinaryFormat.CONTENT_TYPE;

    private final FeedSlots slots;
    private final AtomicBoolean closed = new AtomicBoolean();
    final ChangeFeed feed;
    final ChangeFormat format;

    private OpenFeed(FeedSlots slots, ChangeFeed feed, ChangeFormat format) {
        this.slots = slots;
        this.feed = feed;
        this.format = format;
    }

    /**
     * @param fromSeqId null for what is written from now on
     * @throws io.forebay.engine.PurgedException when the log does not keep it
     * @throws io.forebay.model.ForebayException NOT_FOUND, or BACKOFF when too many are open
     */
    public static OpenFeed open(Forebay engine, UUID collection, @Nullable Long fromSeqId, boolean binary,
            Set<Include> include, FeedSlots slots) {
        ChangeFeed feed = slots.open(engine, collection, fromSeqId);
        return new OpenFeed(slots, feed,
                binary ? new BinaryFormat(collection) : new SseFormat(collection, include, feed.fromSeqId()));
    }

    public long fromSeqId() {
        return feed.fromSeqId();
    }

    @Override
    public String contentType() {
        return format.contentType();
    }

    @Override
    public LiveStream start(Channel channel, HttpResponse head, StreamContext context,
            BooleanSupplier isAllowed, Runnable onEnd) {
        return ChangeStream.start(channel, head, this, context, isAllowed, onEnd);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            feed.close();
            slots.give();
        }
    }
}
