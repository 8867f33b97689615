package io.forebay.client;

import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A request frame, and what becomes of it. The fields that change belong to the lock of the connection that has the request.
 */
final class WireRequest {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    final FrameType type;
    final UUID collection;
    final byte[] head;
    final ByteBuffer payload;
    final int frameBytes;
    /** 0 for none. */
    final long timeoutNanos;
    final int credit;
    final @Nullable WireFeed feed;
    /** Completes on the connection's reader, or wherever it fails. */
    final CompletableFuture<WireAnswer> answer = new CompletableFuture<>();
    long id;
    long deadlineNanos;
    private volatile @Nullable WireWriter writer;

    private WireRequest(FrameType type, UUID collection, Fields head, ByteBuffer payload, long timeoutNanos,
            int credit, @Nullable WireFeed feed) {
        this.type = type;
        this.collection = collection;
        this.head = head.encode();
        this.payload = payload;
        this.timeoutNanos = timeoutNanos;
        this.credit = credit;
        this.feed = feed;
        frameBytes = FrameHeader.of(type, 0, 0, collection, this.head.length, payload.remaining())
                .frameBytes();
    }

    static WireRequest of(FrameType type, UUID collection, Fields head, ByteBuffer payload,
            long timeoutNanos) {
        return new WireRequest(type, collection, head, payload, timeoutNanos, 0, null);
    }

    static WireRequest of(FrameType type, UUID collection, Fields head, long timeoutNanos) {
        return of(type, collection, head, NOTHING, timeoutNanos);
    }

    static WireRequest ofFeed(UUID collection, Fields head, WireFeed feed) {
        return new WireRequest(FrameType.CHANGES, collection, head, NOTHING, 0,
                WireSettings.FEED_WINDOW_BYTES, feed);
    }

    void waitsAt(WireWriter connection) {
        writer = connection;
    }

    /** Nobody waits for its answer any more: it is not sent, or, where it was, the server is told so. */
    void giveUp(RuntimeException reason) {
        if (answer.completeExceptionally(reason)) {
            WireWriter connection = writer;
            if (connection != null) {
                connection.givenUp(this);
            }
        }
    }

    /** Sends something about it while it is under way. */
    void tell(FrameType about, int bytes) {
        WireWriter connection = writer;
        if (connection != null && !answer.isDone()) {
            connection.control(FrameHeader.of(about, 0, id, FrameHeader.NONE, 0, 0).withCredit(bytes));
        }
    }

    FrameHeader header() {
        return FrameHeader.of(type, 0, id, collection, head.length, payload.remaining()).withCredit(credit);
    }
}
