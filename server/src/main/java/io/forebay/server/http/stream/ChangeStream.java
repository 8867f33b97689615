package io.forebay.server.http.stream;

import io.forebay.engine.Change;
import io.forebay.engine.PurgedException;
import io.forebay.model.ForebayException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpResponse;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Moves the changes of one feed to one connection, as fast as the client takes them and no faster.
 *
 * <p>Back-pressure: a piece is made only while the channel is writable, so at most the high-water mark and one piece are
 * queued (a piece is {@link ChangeFormat#PIECE_BYTES} and what one record needs beyond). A client that does not take
 * them stops its own feed and nothing else; after {@link #HOLD_MILLIS} the feed lets go of the log's file, reads the change
 * again when there is room, and finds out then whether it was purged.
 *
 * <p>Threads: work is done in turns on the context's threads, at most one at a time per stream ({@link #wake} queues one
 * when none is queued or running, and a turn that was woken is followed by another). A turn ends after a bounded number
 * of bytes, so feeds share the threads. The event loop only wakes it; the writes that a turn makes are queued there.
 *
 * <p>Whoever asked for it must go on being allowed to: that is asked at least as often as heartbeats are due, whether or not
 * there is something to send, and ends in a closed connection.
 *
 * <p>Failure: what is wrong with the feed is told in a last event, and the stream ends; where that cannot be said, inside
 * of a frame, the connection is closed. However it ends, the feed is closed once, by the last turn.
 */
public final class ChangeStream implements LiveStream, Turns.Work {
    static final int QUEUED_BYTES_MAX = 256 << 10;
    private static final int TURN_BYTES_MAX = 512 << 10;
    private static final long HOLD_MILLIS = 1_000;

    private final Channel channel;
    private final OpenFeed open;
    private final StreamContext context;
    private final BooleanSupplier isAllowed;
    private final Runnable onEnd;
    private final Turns turns;
    private volatile boolean stopping;
    private volatile boolean gone;
    /** The channel took no more when a turn looked last. */
    private volatile boolean full;
    private volatile long lastWriteNanos = System.nanoTime();

    // Of the turn.
    private boolean ended;
    private boolean begun;
    /** Null while it is let go of. */
    private @Nullable Change change;
    private long fullSinceNanos;

    private ChangeStream(Channel channel, OpenFeed open, StreamContext context,
            BooleanSupplier isAllowed, Runnable onEnd) {
        this.channel = channel;
        this.open = open;
        this.context = context;
        this.isAllowed = isAllowed;
        this.onEnd = onEnd;
        this.turns = new Turns(context.threads(), this);
    }

    /**
     * Sends the head and then what the feed gives. Called on the event loop.
     *
     * @param isAllowed whether who asked for it may still have it; asked on the event loop
     * @param onEnd     called on the event loop when the answer is complete; not when the connection is lost
     */
    public static ChangeStream start(Channel channel, HttpResponse head, OpenFeed open, StreamContext context,
            BooleanSupplier isAllowed, Runnable onEnd) {
        ChangeStream stream = new ChangeStream(channel, open, context, isAllowed, onEnd);
        Streams.begin(channel, head);
        ByteBuf opening = channel.alloc().buffer();
        open.format.opening(opening, open.fromSeqId());
        stream.write(opening);
        stream.heartbeatIn(context.heartbeatMillis());
        open.feed.onMore(stream::wakeIfRoom);
        return stream;
    }

    /** There may be something to do: more changes, room in the channel, time for a heartbeat, an end. */
    @Override
    public void wake() {
        turns.wake();
    }

    /** There are more changes: of use only where there is room, whose return wakes too. */
    private void wakeIfRoom() {
        if (!full) {
            wake();
        }
    }

    /** The server stops: ends behind what is begun. */
    @Override
    public void stop() {
        stopping = true;
        wake();
    }

    /** The connection is lost. */
    @Override
    public void close() {
        gone = true;
        wake();
    }

    /** True when the client has not taken what was sent: called when nothing has moved for long. */
    @Override
    public boolean isStalled() {
        return Streams.isStalled(channel);
    }

    @Override
    public void failed() {
        abort();
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
        try {
            return fill();
        } catch (PurgedException purged) {
            tellAndEnd(out -> open.format.purged(out, purged));
        } catch (ForebayException failure) {
            tellAndEnd(out -> open.format.failed(out, failure));
        }
        return false;
    }

    private boolean fill() throws IOException {
        for (int bytes = 0; bytes < TURN_BYTES_MAX;) {
            if (gone) {
                end();
                return false;
            }
            if (stopping && !open.format.isInsideFrame()) {
                tellAndEnd(out -> {});
                return false;
            }
            if (!channel.isWritable()) {
                waitForRoom();
                return false;
            }
            full = false;
            if (!hasChange()) {
                return !ended && open.feed.isUnfinished();
            }
            bytes += piece();
        }
        return true;
    }

    /** Whether there is something to write of a change; otherwise what its absence means is done. */
    private boolean hasChange() throws IOException {
        if (begun && change == null) {
            change = open.feed.again();
            if (change != null) {
                open.format.resume(change);
                return true;
            }
            begun = false; // dropped and purged
            if (open.format.isInsideFrame()) {
                abort();
                return false;
            }
        }
        if (change == null) {
            change = open.feed.next();
            if (change == null) {
                nothingToGive();
                return false;
            }
            begun = true;
            open.format.begin(change);
        }
        return true;
    }

    private void nothingToGive() throws IOException {
        if (open.feed.isDropped()) {
            tellAndEnd(open.format::dropped);
        } else if (System.nanoTime() - lastWriteNanos >= heartbeatNanos()) {
            ByteBuf out = channel.alloc().buffer();
            open.format.heartbeat(out);
            write(out);
        }
    }

    private int piece() throws IOException {
        long before = open.format.events();
        ByteBuf out = channel.alloc().buffer(ChangeFormat.PIECE_BYTES + 4096);
        boolean made = false;
        int bytes;
        try {
            if (!open.format.write(out)) {
                change = null;
                begun = false;
            }
            bytes = out.readableBytes();
            made = true;
        } finally {
            if (!made) {
                out.release();
            }
        }
        context.events().accept(open.format.events() - before);
        write(out);
        return bytes;
    }

    private void write(ByteBuf out) {
        if (!out.isReadable()) {
            out.release();
            return;
        }
        lastWriteNanos = System.nanoTime();
        context.bytes().accept(out.readableBytes());
        channel.writeAndFlush(new DefaultHttpContent(out));
    }

    /** A client that is only a little slow finds the change where it is; one that is slower has it read again. */
    private void waitForRoom() {
        long now = System.nanoTime();
        if (!full) {
            full = true;
            fullSinceNanos = now;
            channel.eventLoop().schedule(this::wake, HOLD_MILLIS, TimeUnit.MILLISECONDS);
        } else if (now - fullSinceNanos >= TimeUnit.MILLISECONDS.toNanos(HOLD_MILLIS)) {
            change = null;
            open.feed.release();
        }
    }

    @FunctionalInterface
    private interface Last {
        void writeTo(ByteBuf out) throws IOException;
    }

    private void tellAndEnd(Last last) throws IOException {
        if (open.format.isInsideFrame()) {
            abort();
            return;
        }
        end();
        ByteBuf out = channel.alloc().buffer();
        last.writeTo(out);
        write(out);
        Streams.finish(channel, onEnd);
    }

    private void abort() {
        end();
        channel.close();
    }

    private void end() {
        ended = true;
        change = null;
        open.close();
    }

    // ---- heartbeats, on the event loop ----

    private void heartbeatIn(long millis) {
        channel.eventLoop().schedule(this::lookAtTheClock, millis, TimeUnit.MILLISECONDS);
    }

    private void lookAtTheClock() {
        if (gone || !channel.isActive()) {
            return;
        }
        if (!isAllowed.getAsBoolean()) {
            channel.close();
            return;
        }
        long leftNanos = heartbeatNanos() - (System.nanoTime() - lastWriteNanos);
        if (leftNanos <= 0) {
            wake();
        }
        heartbeatIn(
                leftNanos <= 0 ? context.heartbeatMillis() : TimeUnit.NANOSECONDS.toMillis(leftNanos) + 1);
    }

    private long heartbeatNanos() {
        return TimeUnit.MILLISECONDS.toNanos(context.heartbeatMillis());
    }
}
