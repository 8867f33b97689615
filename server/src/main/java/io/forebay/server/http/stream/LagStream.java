package io.forebay.server.http.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells one connection the lag: first of all collections, then, an interval after the last event at the earliest, of those
 * that moved since, and which were dropped. What moved several times meanwhile is told once, as it is then.
 *
 * <p>Back-pressure: an event is made only while the channel is writable. A client that is slow is told less often: all
 * that is kept for it is the second up to which it knows everything, and the numbers of the collections of the round at
 * hand. Who was away for longer than the history of seconds reaches begins again with everything.
 *
 * <p>Threads: as with {@link ChangeStream}: turns on the context's threads, one at a time; the monitor's thread and the
 * event loop only wake it.
 *
 * <p>Whoever asked for it must go on being allowed to: that is asked after each look of the monitor.
 *
 * <p>Failure: whatever a turn throws closes the connection. However it ends, the feed is closed once, by the last turn.
 */
final class LagStream implements LiveStream, Turns.Work {
    private static final Logger LOG = LoggerFactory.getLogger(LagStream.class);
    private static final int TURN_BYTES_MAX = 512 << 10;
    private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.US_ASCII);
    /** A look comes a little early or late: an interval of a second is one look. */
    private static final long EARLY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Channel channel;
    private final LagFeed feed;
    private final StreamContext context;
    private final BooleanSupplier isAllowed;
    private final Runnable onEnd;
    private final Runnable afterLook = this::looked;
    private final Turns turns;
    private volatile boolean stopping;
    private volatile boolean gone;

    // Of the turn.
    private boolean ended;
    private LagEvents.@Nullable Round round;
    private int at;
    /** All is told up to this second; -1: nothing. */
    private int told = -1;
    private long roundNanos = System.nanoTime();
    private long writtenNanos = System.nanoTime();

    private LagStream(Channel channel, LagFeed feed, StreamContext context, BooleanSupplier isAllowed,
            Runnable onEnd) {
        this.channel = channel;
        this.feed = feed;
        this.context = context;
        this.isAllowed = isAllowed;
        this.onEnd = onEnd;
        this.turns = new Turns(context.threads(), this);
    }

    static LagStream start(Channel channel, HttpResponse head, LagFeed feed, StreamContext context,
            BooleanSupplier isAllowed, Runnable onEnd) {
        LagStream stream = new LagStream(channel, feed, context, isAllowed, onEnd);
        Streams.begin(channel, head);
        feed.events.monitor().follow(stream.afterLook);
        stream.wake();
        return stream;
    }

    /** On the monitor's thread. */
    private void looked() {
        try {
            channel.eventLoop().execute(() -> {
                if (!gone && channel.isActive() && !isAllowed.getAsBoolean()) {
                    channel.close();
                } else {
                    wake();
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("a stream of lag outlived its connection's thread");
        }
    }

    @Override
    public void wake() {
        turns.wake();
    }

    @Override
    public void stop() {
        stopping = true;
        wake();
    }

    @Override
    public void close() {
        gone = true;
        wake();
    }

    @Override
    public boolean isStalled() {
        return Streams.isStalled(channel);
    }

    @Override
    public void failed() {
        end();
        channel.close();
    }

    @Override
    public void stopped() {
        end();
    }

    @Override
    public boolean turn() throws IOException {
        if (ended || gone) {
            end();
            return false;
        }
        if (stopping) {
            end();
            Streams.finish(channel, onEnd);
            return false;
        }
        for (int bytes = 0; channel.isWritable();) {
            if (bytes >= TURN_BYTES_MAX) {
                return true;
            }
            LagEvents.Round now = round == null ? begin() : round;
            if (now == null) {
                return false;
            }
            byte[] event = feed.events.event(feed.scope, now, at);
            write(event);
            bytes += event.length;
            at += LagEvents.COLLECTIONS_MAX;
            if (at >= now.numbers().length) {
                told = now.to();
                round = null;
            }
        }
        return false;
    }

    /** Null when there is nothing to tell, or it is too early. */
    private LagEvents.@Nullable Round begin() {
        long now = System.nanoTime();
        long interval = TimeUnit.MILLISECONDS.toNanos(feed.intervalMillis) - EARLY_NANOS;
        boolean early = told >= 0 && now - roundNanos < interval;
        LagEvents.Round next = early ? null : feed.events.round(feed.scope, told);
        if (next != null && !next.isEmpty()) {
            round = next;
            at = 0;
            roundNanos = now;
            return next;
        }
        if (next != null) {
            told = next.to();
        }
        if (now - writtenNanos >= TimeUnit.MILLISECONDS.toNanos(context.heartbeatMillis())) {
            write(HEARTBEAT);
        }
        return null;
    }

    /** The bytes may be those of other connections too: they are not copied, and nobody changes them. */
    private void write(byte[] bytes) {
        ByteBuf out = Unpooled.wrappedBuffer(bytes);
        writtenNanos = System.nanoTime();
        channel.writeAndFlush(new DefaultHttpContent(out));
    }

    private void end() {
        ended = true;
        round = null;
        feed.events.monitor().unfollow(afterLook);
        feed.close();
    }
}
