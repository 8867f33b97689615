package io.forebay.server.binary;

import io.forebay.engine.Change;
import io.forebay.engine.ChangeFeed;
import io.forebay.model.ErrorCode;
import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameType;
import io.forebay.server.http.stream.FeedSlots;
import io.forebay.server.http.stream.Turns;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A change feed of a connection: an {@code EVENT} for each change, while the client's credit for it is above 0 and
 * the channel takes more, and one {@code END}.
 *
 * <p>Threads: as with HTTP's feeds, turns on {@code changes-n}; any thread gives credit, wakes or stops. What a turn
 * writes goes through the event loop in its order.
 *
 * <p>However it ends, the feed is closed once and its slot given back, by a turn.
 */
final class BinaryFeed implements Turns.Work {
    private static final int TURN_BYTES_MAX = 512 << 10;

    private final Channel channel;
    private final long requestId;
    private final ChangeFeed feed;
    private final FeedSlots slots;
    private final Consumer<Reply> end;
    private final LongConsumer written;
    private final Turns turns;
    private final AtomicLong credit;
    private volatile @Nullable Reply stop;
    private volatile boolean gone;
    private boolean ended;

    /**
     * @param end     told once how it ended, unless the connection is lost; by any thread
     * @param written told of each event's bytes
     */
    BinaryFeed(Channel channel, long requestId, ChangeFeed feed, FeedSlots slots, long credit,
            Executor threads,
            Consumer<Reply> end, LongConsumer written) {
        this.channel = channel;
        this.requestId = requestId;
        this.feed = feed;
        this.slots = slots;
        this.credit = new AtomicLong(credit);
        this.end = end;
        this.written = written;
        this.turns = new Turns(threads, this);
    }

    void start() {
        feed.onMore(this::wake);
    }

    void wake() {
        turns.wake();
    }

    void credit(long bytes) {
        credit.addAndGet(bytes);
        wake();
    }

    /** Ends with this. */
    void stop(Reply with) {
        stop = with;
        wake();
    }

    /** The connection is lost. */
    void close() {
        gone = true;
        wake();
    }

    @Override
    public boolean turn() throws IOException {
        if (ended) {
            return false;
        }
        Reply asked = stop;
        if (gone || asked != null) {
            finish(asked);
            return false;
        }
        try {
            for (int bytes = 0; bytes < TURN_BYTES_MAX;) {
                if (credit.get() <= 0 || !channel.isWritable()) {
                    feed.release(); // whose return wakes
                    return false;
                }
                Change change = feed.next();
                if (change == null) {
                    if (feed.isDropped()) {
                        finish(Failures.of(ErrorCode.NOT_FOUND, "the collection was dropped"));
                    }
                    return !ended && feed.isUnfinished();
                }
                bytes += write(change);
            }
        } catch (RuntimeException failure) {
            finish(Failures.of(failure, "CHANGES"));
            return false;
        }
        return true;
    }

    private int write(Change change) throws IOException {
        Fields head = new Fields().put("min_seq_id", change.minSeqId()).put("max_seq_id", change.maxSeqId())
                .put("time_millis", change.appendTimeMillis());
        Reply event = new Reply(FrameType.EVENT, 0, head, change.batch().encodedBytes(),
                out -> out.writeBytes(change.batch().encoded()), null);
        ByteBuf frame = Frames.of(channel.alloc(), event, requestId, 0);
        int bytes = frame.readableBytes();
        credit.addAndGet(-bytes);
        written.accept(bytes);
        channel.writeAndFlush(frame);
        return bytes;
    }

    private void finish(@Nullable Reply with) {
        if (ended) {
            return;
        }
        ended = true;
        feed.close();
        slots.give();
        if (with != null) {
            end.accept(with);
        }
    }

    @Override
    public void failed() {
        finish(null);
        channel.close();
    }

    @Override
    public void stopped() {
        finish(null);
    }
}
