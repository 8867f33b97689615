package io.forebay.client;

import io.forebay.model.RecordBatch;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A change feed over a connection that other requests share. What the server may send ahead is bounded by the feed's
 * own credit, which grows again as changes are taken.
 *
 * <p>Threads: the connection's reader brings, one takes, any may close.
 */
final class WireFeed implements ChangeSource {
    private static final int NOT_FOUND = 404;

    /** What came: a frame, or how it ended. */
    private sealed interface Item {}

    private record Event(WireAnswer frame) implements Item {}

    private record End(WireAnswer frame) implements Item {}

    private record Failed(RuntimeException cause) implements Item {}

    private final LinkedBlockingQueue<Item> items = new LinkedBlockingQueue<>();
    private final WirePool pool;
    private final WireRequest request;
    private int takenBytes;
    private @Nullable Item last;

    WireFeed(WirePool pool, UUID collection, long fromSeqId) {
        this.pool = pool;
        request = WireRequest.ofFeed(collection, new Fields().put("from_seq_id", fromSeqId), this);
        request.answer.whenComplete((end, failure) -> {
            if (failure == null) {
                items.add(new End(end));
            } else {
                items.add(new Failed(failure instanceof RuntimeException known
                        ? known
                        : new ForebayException(ErrorCode.INTERNAL, "the change feed failed", failure)));
            }
        });
    }

    WireFeed begin() {
        pool.send(request);
        return this;
    }

    /** Of the connection's reader. */
    void event(WireAnswer frame) {
        if (!request.answer.isDone()) { // nobody takes what comes after close
            items.add(new Event(frame));
        }
    }

    @Override
    public @Nullable Change next() {
        Item item = last;
        try {
            item = item == null ? items.take() : item;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ForebayException(ErrorCode.UNAVAILABLE, "interrupted while waiting for changes", e);
        }
        if (item instanceof Event event) {
            return change(event.frame());
        }
        last = item;
        if (item instanceof Failed failed) {
            throw failed.cause();
        }
        return ended(((End) item).frame());
    }

    private Change change(WireAnswer frame) {
        FrameHeader header = frame.header();
        takenBytes += header.frameBytes();
        if (takenBytes >= WireSettings.FEED_WINDOW_BYTES / 2) {
            request.tell(FrameType.CREDIT, takenBytes);
            takenBytes = 0;
        }
        try {
            return new Change(frame.head().number("min_seq_id", 0), frame.head().number("max_seq_id", 0),
                    frame.head().number("time_millis", 0),
                    RecordBatch.wrap(ByteBuffer.wrap(frame.payload())));
        } catch (IllegalArgumentException e) {
            throw new ForebayException(ErrorCode.INTERNAL, "a change is not as docs/formats.md says: "
                    + e.getMessage(), e);
        }
    }

    private static @Nullable Change ended(WireAnswer frame) {
        int status = frame.header().status();
        if (status == 200 || status == NOT_FOUND) {
            return null;
        }
        throw ErrorAnswers.failure("CHANGES", status, frame.head());
    }

    /** The taker is told that it is over; a feed that was not asked for yet never is. */
    @Override
    public void close() {
        request.giveUp(AttemptFailure.lost("the change feed is closed", null));
    }
}
