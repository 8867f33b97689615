package io.forebay.server.http.stream;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the pieces of one {@link PulledContent} to one connection, as fast as the client takes them: a piece is made only
 * while the channel is writable.
 *
 * <p>Threads: turns on the context's threads, at most one at a time; the event loop, and whoever has more, only wake it.
 *
 * <p>Whoever asked for it must go on being allowed to: that is asked as often as heartbeats are due.
 *
 * <p>Failure: whatever a piece throws closes the connection, so that a client does not take what it has for all there is.
 * However it ends, the content is closed once, by the last turn.
 */
final class PulledStream implements LiveStream, Turns.Work {
    private static final Logger LOG = LoggerFactory.getLogger(PulledStream.class);
    private static final int TURN_BYTES_MAX = 512 << 10;

    private final Channel channel;
    private final PulledContent content;
    private final StreamContext context;
    private final BooleanSupplier isAllowed;
    private final Runnable onEnd;
    private final Turns turns;
    private volatile boolean stopping;
    private volatile boolean gone;
    private volatile boolean ended;
    private volatile long writtenNanos = System.nanoTime();
    private volatile boolean heartbeatDue;
    /** At most one is on its way, however often it is woken meanwhile. */
    private volatile boolean askingAgain;

    // Of the turn.
    private @Nullable AutoCloseable following;

    private PulledStream(Channel channel, PulledContent content, StreamContext context,
            BooleanSupplier isAllowed, Runnable onEnd) {
        this.channel = channel;
        this.content = content;
        this.context = context;
        this.isAllowed = isAllowed;
        this.onEnd = onEnd;
        this.turns = new Turns(context.threads(), this);
    }

    static PulledStream start(Channel channel, HttpResponse head, PulledContent content,
            StreamContext context, BooleanSupplier isAllowed, Runnable onEnd) {
        PulledStream stream = new PulledStream(channel, content, context, isAllowed, onEnd);
        Streams.begin(channel, head);
        stream.lookIn(context.heartbeatMillis());
        stream.wake();
        return stream;
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
    public boolean turn() throws Exception {
        if (ended || gone) {
            end();
            return false;
        }
        if (stopping) {
            finish();
            return false;
        }
        if (following == null) {
            following = content.pieces.onMore(this::wake);
        }
        for (int bytes = 0; channel.isWritable();) {
            if (bytes >= TURN_BYTES_MAX) {
                return true;
            }
            byte[] piece = content.pieces.next();
            if (piece == null) {
                finish();
                return false;
            }
            if (piece.length == 0) {
                nothingYet();
                return false;
            }
            bytes += piece.length;
            write(piece);
        }
        return false;
    }

    private void nothingYet() {
        if (heartbeatDue && content.pieces.heartbeat().length > 0) {
            write(content.pieces.heartbeat());
        }
        long again = content.pieces.againMillis();
        if (again > 0 && !askingAgain) {
            askingAgain = true;
            channel.eventLoop().schedule(() -> {
                askingAgain = false;
                wake();
            }, again, TimeUnit.MILLISECONDS);
        }
    }

    private void write(byte[] bytes) {
        writtenNanos = System.nanoTime();
        heartbeatDue = false;
        channel.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes)));
    }

    private void finish() {
        end();
        Streams.finish(channel, onEnd);
    }

    private void end() {
        ended = true;
        AutoCloseable open = following;
        following = null;
        if (open != null) {
            try {
                open.close();
            } catch (Exception e) {
                LOG.warn("what a stream followed does not let go of it", e);
            }
        }
        content.close();
    }

    // ---- heartbeats, on the event loop ----

    private void lookIn(long millis) {
        channel.eventLoop().schedule(this::look, millis, TimeUnit.MILLISECONDS);
    }

    private void look() {
        if (gone || ended || !channel.isActive()) {
            return;
        }
        if (!isAllowed.getAsBoolean()) {
            channel.close();
            return;
        }
        if (System.nanoTime() - writtenNanos >= TimeUnit.MILLISECONDS.toNanos(context.heartbeatMillis())) {
            heartbeatDue = true;
            wake();
        }
        lookIn(context.heartbeatMillis());
    }
}
