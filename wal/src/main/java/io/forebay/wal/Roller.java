package io.forebay.wal;

import io.forebay.wal.FailPoints.Point;
import io.forebay.wal.WalException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ConcurrentNavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * The extent being written, and the step to the next one. The first one is taken with the first frame, so that a log on a
 * full disk still opens and reads.
 *
 * <p>A roll waits for no sync: the full extent goes to {@code wal-sync}, which forces it before the one that follows. The
 * START frame of the next says where the full one ends.
 *
 * <p>Threads: {@link #roomFor} under the append lock; the rest by any.
 */
final class Roller {
    private final FailPoints failPoints;
    private final FrameWriter frames;
    private final ExtentMaker maker;
    private final ConcurrentNavigableMap<Integer, Extent> extents;
    private final SyncThread sync;
    private final long quarterBytes;
    private long previousNumber;
    private long previousEnd;
    private volatile ExtentMaker.@Nullable Made current;
    private volatile long rolls;
    private volatile long waitNanos;

    /** @param previousNumber the extent in use last, -1 when there was none; {@code previousEnd} is where it ends */
    Roller(WalConfig config, FailPoints failPoints, FrameWriter frames, ExtentMaker maker,
            ConcurrentNavigableMap<Integer, Extent> extents, SyncThread sync, long previousNumber,
            long previousEnd) {
        this.quarterBytes = config.extentBytes() / 4;
        this.failPoints = failPoints;
        this.frames = frames;
        this.maker = maker;
        this.extents = extents;
        this.sync = sync;
        this.previousNumber = previousNumber;
        this.previousEnd = previousEnd;
    }

    /** Null before the first frame. */
    ExtentMaker.@Nullable Made current() {
        return current;
    }

    long rolls() {
        return rolls;
    }

    long waitNanos() {
        return waitNanos;
    }

    /** The current extent, or the next one when a frame with this payload does not fit. */
    ExtentMaker.Made roomFor(int payloadLength, long nextSeqId) throws IOException {
        // Room for a barrier is always left, so that an extent's last entry can have a successor.
        int needed = Frame.contentBytes(payloadLength) + Frame.WORD_BYTES + Frame.HEADER_BYTES;
        ExtentMaker.Made made = current;
        if (made != null && made.writer().hasRoomFor(needed)) {
            if (made.writer().endOffset() + needed > quarterBytes) {
                maker.askAhead();
            }
            return made;
        }
        return roll(made, nextSeqId);
    }

    private ExtentMaker.Made roll(ExtentMaker.@Nullable Made old, long nextSeqId) throws IOException {
        long begin = System.nanoTime();
        ExtentMaker.Made next;
        try {
            next = maker.take();
        } catch (IOException e) {
            // Nothing was written: not final, the next append tries again.
            throw new WalException(Reason.IO, "the log cannot get its next extent: " + e.getMessage(), e);
        }
        try {
            failPoints.at(Point.DURING_ROLL);
            writeStart(next, nextSeqId);
        } catch (IOException | RuntimeException e) {
            next.writer().close();
            throw e;
        }
        if (old != null) {
            sync.rolled(old.writer()); // before the next is current: a sync finds one of the two
        }
        current = next;
        extents.put(next.extent().number, next.extent());
        if (old != null) {
            old.extent().sealed = true; // after the next can be found: a reader that sees it sealed moves on
            count(System.nanoTime() - begin);
        }
        previousNumber = next.extent().number;
        return next;
    }

    private void writeStart(ExtentMaker.Made made, long nextSeqId) throws IOException {
        ExtentMaker.Made old = current;
        long end = old == null ? previousEnd : old.extent().endOffset;
        ByteBuffer link = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        link.putLong(previousNumber).putLong(end).flip();
        frames.describeOwn(Frame.START, nextSeqId, link.remaining());
        frames.write(made, link, sync);
        made.extent().previousNumber = previousNumber;
        made.extent().previousEnd = end;
        made.extent().endOffset = made.writer().endOffset();
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // under the append lock
    private void count(long nanos) {
        rolls++;
        waitNanos += nanos;
    }

    void close() {
        ExtentMaker.Made made = current;
        if (made != null) {
            made.writer().close();
        }
    }
}
