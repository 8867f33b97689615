package io.forebay.wal;

import io.forebay.wal.FailPoints.Point;
import io.forebay.wal.WalException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The writing end: gives out seqIds, writes frames, rolls to the next extent.
 *
 * <p>Threads: any; one short critical section under {@link #lock} is the order of the log. The payload's checksum is
 * computed before it.
 *
 * <p>Invariants:
 * <ol>
 *   <li>a seqId is given out only when its entry is completely written; one that failed leaves no gap;
 *   <li>a new extent's first entry is written only when all of the old extent, and the new one's START, are synced;
 *   <li>what readers may see ({@link Extent#endOffset}) moves only behind complete documents.
 * </ol>
 *
 * <p>Failure: an exception while writing a frame is final, because what the file holds then is unknown. A full disk is
 * found before anything is written, or between two frames of a batch, whose pieces then stay without a COMMIT.
 */
final class Appender implements SyncThread.Source {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final WalConfig config;
    private final FailPoints failPoints;
    private final DiskReserve reserve;
    private final ExtentMaker maker;
    private final ConcurrentNavigableMap<Integer, Extent> extents;

    /** Order of the log: everything below that is not volatile, and every write. */
    private final ReentrantLock lock = new ReentrantLock();
    private final FrameWriter frames = new FrameWriter();
    private boolean closed;
    private @Nullable SyncThread sync;

    // Written under the lock, read by all.
    private volatile ExtentMaker.@Nullable Made current;
    private volatile long lastSeqId;
    private volatile @Nullable WalException failure;
    private volatile long entriesAppended;
    private volatile long bytesAppended;
    private volatile long rolls;
    private volatile long rollWaitNanos;

    Appender(WalConfig config, FailPoints failPoints, DiskReserve reserve, ExtentMaker maker,
            ConcurrentNavigableMap<Integer, Extent> extents, long lastSeqId) {
        this.config = config;
        this.failPoints = failPoints;
        this.reserve = reserve;
        this.maker = maker;
        this.extents = extents;
        this.lastSeqId = lastSeqId;
    }

    /** Starts this process's first extent, behind what was found. Before any thread is started. */
    void begin(SyncThread syncThread, long previousNumber, long previousEnd) throws IOException {
        sync = syncThread;
        ExtentMaker.Made made = maker.makeFirst();
        current = made;
        writeStart(made, previousNumber, previousEnd);
        made.writer().force();
        publish(made);
        extents.put(made.extent().number, made.extent());
    }

    Appended append(EntryHeader header, ByteBuffer payload, boolean urgent) {
        int length = payload.remaining();
        if (length > config.batchBytesMax()) {
            throw new WalException(Reason.TOO_LARGE,
                    "an entry of " + length + " bytes is above the limit batchBytesMax of "
                            + config.batchBytesMax());
        }
        boolean oneFrame = length <= config.frameBytesMax();
        CRC32C crc = Frame.payloadCrc(oneFrame ? payload : NOTHING);
        // Neither Chronicle nor a wait in here may be cut short by an interrupt; the caller gets it back.
        boolean interrupted = Thread.interrupted();
        lock.lock();
        try {
            checkWritable();
            failPoints.at(Point.BEFORE_APPEND);
            if (!urgent) {
                reserve.check();
            }
            return oneFrame ? appendWhole(header, payload, crc) : appendPieces(header, payload);
        } catch (IOException e) {
            throw fail(new WalException(Reason.IO,
                    "writing the log failed, writes are refused until a restart: " + e, e));
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Appended appendWhole(EntryHeader header, ByteBuffer payload, CRC32C crc) throws IOException {
        ExtentMaker.Made made = roomFor(payload.remaining());
        frames.describe(Frame.ENTRY, header, lastSeqId + 1, payload.remaining(), 0);
        long at = write(made, payload, crc);
        made.extent().noteEntry(frames.frame, at);
        return finish(made, Position.of(made.extent().number, at));
    }

    private Appended appendPieces(EntryHeader header, ByteBuffer payload) throws IOException {
        ByteBuffer piece = payload.duplicate();
        int end = payload.limit();
        int parts = 0;
        Extent first = null;
        long firstAt = 0;
        while (piece.position() < end) {
            piece.limit(Math.min(end, piece.position() + config.frameBytesMax()));
            ExtentMaker.Made made = roomFor(piece.remaining());
            frames.describe(Frame.PART, header, lastSeqId + 1, payload.remaining(), parts++);
            long at = write(made, piece, Frame.payloadCrc(piece));
            made.extent().notePart(frames.frame);
            if (first == null) {
                first = made.extent();
                firstAt = at;
            }
            publish(made);
            piece.position(piece.limit());
        }
        failPoints.at(Point.BEFORE_COMMIT_FRAME);
        ExtentMaker.Made made = roomFor(0);
        frames.describe(Frame.COMMIT, header, lastSeqId + 1, payload.remaining(), parts);
        write(made, NOTHING, Frame.payloadCrc(NOTHING));
        made.extent().notePart(frames.frame);
        Extent begin = first == null ? made.extent() : first;
        begin.noteEntry(frames.frame, firstAt);
        return finish(made, Position.of(begin.number, firstAt));
    }

    private long write(ExtentMaker.Made made, ByteBuffer payload, CRC32C payloadCrc) throws IOException {
        return frames.write(made, payload, payloadCrc, sync().durableSeqId());
    }

    private Appended finish(ExtentMaker.Made made, long position) throws IOException {
        failPoints.at(Point.AFTER_APPEND);
        publish(made);
        Frame frame = frames.frame;
        Appended appended = new Appended(frame.minSeqId, frame.maxSeqId, position, frame.appendTimeMillis);
        count(1, frame.totalLength);
        lastSeqId = frame.maxSeqId;
        sync().appended(Frame.contentBytes((int) frame.totalLength));
        if (made.writer().endOffset() > config.extentBytes() / 4) {
            maker.askAhead();
        }
        return appended;
    }

    private static void publish(ExtentMaker.Made made) {
        made.extent().endOffset = made.writer().endOffset();
    }

    /** The current extent, or the next one when a frame with this payload does not fit. */
    private ExtentMaker.Made roomFor(int payloadLength) throws IOException {
        ExtentMaker.Made made = made();
        // Room for a barrier is always left, so that an extent's last entry can have a successor.
        int needed = Frame.contentBytes(payloadLength) + Frame.WORD_BYTES + Frame.HEADER_BYTES;
        return made.writer().hasRoomFor(needed) ? made : roll(made);
    }

    private ExtentMaker.Made roll(ExtentMaker.Made old) throws IOException {
        long begin = System.nanoTime();
        ExtentMaker.Made next;
        try {
            next = maker.take();
        } catch (IOException e) {
            // Nothing was written: not final, the next append tries again.
            throw new WalException(Reason.IO, "the log cannot get its next extent: " + e.getMessage(), e);
        }
        try {
            sync().syncNow();
            failPoints.at(Point.DURING_ROLL);
            writeStart(next, old.extent().number, old.extent().endOffset);
            publish(next);
        } catch (IOException | RuntimeException e) {
            next.writer().close();
            throw e;
        }
        // Once its START is synced, the next extent is in use, whatever happens here.
        current = next;
        sync().closeLater(old.writer());
        sync().syncNow();
        old.extent().sealed = true;
        extents.put(next.extent().number, next.extent());
        countRoll(System.nanoTime() - begin);
        return next;
    }

    private void writeStart(ExtentMaker.Made made, long previousNumber, long previousEnd) throws IOException {
        ByteBuffer link = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        link.putLong(previousNumber).putLong(previousEnd).flip();
        frames.describeOwn(Frame.START, lastSeqId + 1, link.remaining());
        write(made, link, Frame.payloadCrc(link));
        made.extent().previousNumber = previousNumber;
        made.extent().previousEnd = previousEnd;
    }

    /** Raises the next seqId above this one; false when it was already. */
    boolean reserve(long seqId) {
        lock.lock();
        try {
            checkWritable();
            if (seqId <= lastSeqId) {
                return false;
            }
            ExtentMaker.Made made = roomFor(0);
            frames.describeOwn(Frame.RESERVE, seqId + 1, 0);
            write(made, NOTHING, Frame.payloadCrc(NOTHING));
            publish(made);
            lastSeqId = seqId;
            return true;
        } catch (IOException e) {
            throw fail(new WalException(Reason.IO, "writing the log failed: " + e, e));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean tryBarrier() {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            if (failure == null && !closed) {
                barrier();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** A failure is left for {@link #failure()} to tell. */
    private void barrier() {
        try {
            ExtentMaker.Made made = made();
            frames.describeOwn(Frame.BARRIER, lastSeqId + 1, 0);
            write(made, NOTHING, Frame.payloadCrc(NOTHING));
            publish(made);
        } catch (IOException e) {
            fail(new WalException(Reason.IO, "writing the log failed: " + e, e));
        }
    }

    /** The end of a clean life: all synced, a barrier that witnesses it, and that synced. */
    void lastBarrier() {
        sync().syncNow();
        lock.lock();
        try {
            barrier();
        } finally {
            lock.unlock();
        }
        sync().syncNow();
    }

    /** No append comes through any more; false the second time. */
    boolean close() {
        lock.lock();
        try {
            boolean first = !closed;
            closed = true;
            return first;
        } finally {
            lock.unlock();
        }
    }

    void closeWriter() {
        made().writer().close();
    }

    private void checkWritable() {
        if (closed) {
            throw new WalException(Reason.CLOSED, "the log is closed");
        }
        WalException why = failure;
        if (why != null) {
            throw new WalException(why.reason(), String.valueOf(why.getMessage()), why);
        }
    }

    @Override
    public synchronized WalException fail(WalException why) {
        if (failure == null) {
            failure = why;
        }
        return why;
    }

    @Override
    public @Nullable WalException failure() {
        return failure;
    }

    @Override
    public long lastSeqId() {
        return lastSeqId;
    }

    @Override
    public ExtentWriter currentWriter() {
        return made().writer();
    }

    private ExtentMaker.Made made() {
        return Objects.requireNonNull(current);
    }

    private SyncThread sync() {
        return Objects.requireNonNull(sync);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
    private void count(long entries, long bytes) {
        entriesAppended += entries;
        bytesAppended += bytes;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
    private void countRoll(long nanos) {
        rolls++;
        rollWaitNanos += nanos;
    }

    long entriesAppended() {
        return entriesAppended;
    }

    long bytesAppended() {
        return bytesAppended;
    }

    long rolls() {
        return rolls;
    }

    long rollWaitNanos() {
        return rollWaitNanos;
    }
}
