package io.forebay.wal;

import io.forebay.wal.FailPoints.Point;
import io.forebay.wal.WalException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The writing end: gives out seqIds and writes frames.
 *
 * <p>Threads: any; one short critical section under {@link #lock} is the order of the log. The payload's checksum is
 * computed before it. An append allocates nothing but at a roll.
 *
 * <p>Invariants:
 * <ol>
 *   <li>a seqId is given out only when its entry is completely written; one that failed leaves no gap;
 *   <li>what readers may see ({@link Extent#endOffset}) moves only behind complete documents.
 * </ol>
 *
 * <p>Failure: an exception while writing a frame is final, because what the file holds then is unknown. A full disk is
 * found before anything is written, or between two frames of a batch, whose pieces then stay without a COMMIT.
 */
final class Appender implements SyncThread.Source {
    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    private final WalConfig config;
    private final FailPoints failPoints;
    private final DiskReserve reserve;
    private final SyncThread sync;
    private final Roller roller;

    /** Order of the log: everything below that is not volatile, and every write. */
    private final ReentrantLock lock = new ReentrantLock();
    private final FrameWriter frames;
    private boolean closed;
    // Written under the lock, read by all.
    private volatile long lastSeqId;
    /** As the frames tell it: less than lastSeqId between {@link #reserve} and the next entry. */
    private volatile long loggedSeqId;
    private volatile @Nullable WalException failure;
    private volatile long entriesAppended;
    private volatile long bytesAppended;

    /** @param last what was found: the last extent in use and where it ends, the last seqId */
    Appender(WalConfig config, FailPoints failPoints, DiskReserve reserve, ExtentMaker maker,
            ConcurrentNavigableMap<Integer, Extent> extents, Recovery.Result last) {
        this.config = config;
        this.failPoints = failPoints;
        this.frames = new FrameWriter(failPoints);
        this.reserve = reserve;
        this.lastSeqId = last.report().lastSeqId();
        this.loggedSeqId = lastSeqId;
        this.sync = new SyncThread(this, failPoints, config, lastSeqId);
        this.roller = new Roller(config, failPoints, frames, maker, extents, sync, last.lastNumber(),
                last.lastEnd());
    }

    SyncThread sync() {
        return sync;
    }

    Roller roller() {
        return roller;
    }

    void append(EntryHeader header, ByteBuffer payload, boolean urgent, Appended appended) {
        int length = payload.remaining();
        if (length > config.batchBytesMax()) {
            throw new WalException(Reason.TOO_LARGE,
                    "an entry of " + length + " bytes is above the limit batchBytesMax of "
                            + config.batchBytesMax());
        }
        boolean oneFrame = length <= config.frameBytesMax();
        PayloadCrc crc = PayloadCrc.ofThisThread().begin(oneFrame ? payload : NOTHING);
        // Neither Chronicle nor a wait in here may be cut short by an interrupt; the caller gets it back.
        boolean interrupted = Thread.interrupted();
        lock.lock();
        try {
            checkWritable();
            failPoints.at(Point.BEFORE_APPEND);
            if (!urgent) {
                reserve.check();
            }
            if (loggedSeqId < lastSeqId) {
                writeRaised();
            }
            if (oneFrame) {
                appendWhole(header, payload, crc, appended);
            } else {
                appendPieces(header, payload, appended);
            }
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

    private void appendWhole(EntryHeader header, ByteBuffer payload, PayloadCrc crc, Appended appended)
            throws IOException {
        ExtentMaker.Made made = roomFor(payload.remaining());
        frames.describe(Frame.ENTRY, header, lastSeqId + 1, payload.remaining(), 0);
        long at = frames.write(made, payload, crc, sync);
        made.extent().noteEntry(frames.frame, at);
        finish(made, Position.of(made.extent().number, at), appended);
    }

    private void appendPieces(EntryHeader header, ByteBuffer payload, Appended appended) throws IOException {
        ByteBuffer piece = payload.duplicate();
        int end = payload.limit();
        int parts = 0;
        Extent first = null;
        long firstAt = 0;
        while (piece.position() < end) {
            piece.limit(Math.min(end, piece.position() + config.frameBytesMax()));
            ExtentMaker.Made made = roomFor(piece.remaining());
            frames.describe(Frame.PART, header, lastSeqId + 1, payload.remaining(), parts++);
            long at = frames.write(made, piece, sync);
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
        frames.write(made, NOTHING, sync);
        made.extent().notePart(frames.frame);
        Extent begin = first == null ? made.extent() : first;
        begin.noteEntry(frames.frame, firstAt);
        finish(made, Position.of(begin.number, firstAt), appended);
    }

    private ExtentMaker.Made roomFor(int payloadLength) throws IOException {
        return roller.roomFor(payloadLength, loggedSeqId + 1);
    }

    private void finish(ExtentMaker.Made made, long position, Appended appended) throws IOException {
        failPoints.at(Point.AFTER_APPEND);
        publish(made);
        Frame frame = frames.frame;
        appended.set(frame, position);
        count(frame.totalLength);
        lastSeqId = frame.maxSeqId;
        loggedSeqId = frame.maxSeqId;
        sync.appended(Frame.contentBytes((int) frame.totalLength));
    }

    private static void publish(ExtentMaker.Made made) {
        made.extent().endOffset = made.writer().endOffset();
    }

    /**
     * Raises the next seqId above this one; false when it was already. The frame that says so is written before
     * the next entry: until then nothing depends on it, and the log can be opened on a full disk.
     */
    boolean reserve(long seqId) {
        lock.lock();
        try {
            boolean raises = seqId > lastSeqId;
            lastSeqId = Math.max(lastSeqId, seqId);
            return raises;
        } finally {
            lock.unlock();
        }
    }

    private void writeRaised() throws IOException {
        ExtentMaker.Made made = roomFor(0);
        frames.describeOwn(Frame.RESERVE, lastSeqId + 1, 0);
        frames.write(made, NOTHING, sync);
        publish(made);
        loggedSeqId = lastSeqId;
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
        ExtentMaker.Made made = roller.current();
        if (made == null) {
            return;
        }
        try {
            if (loggedSeqId < lastSeqId) {
                writeRaised();
            }
            frames.describeOwn(Frame.BARRIER, loggedSeqId + 1, 0);
            frames.write(made, NOTHING, sync);
            publish(made);
        } catch (IOException e) {
            fail(new WalException(Reason.IO, "writing the log failed: " + e, e));
        }
    }

    /** The end of a clean life: all synced, a barrier that witnesses it, and that synced. */
    void lastBarrier() {
        sync.syncNow();
        lock.lock();
        try {
            barrier();
        } finally {
            lock.unlock();
        }
        sync.syncNow();
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

    long lastSeqId() {
        return lastSeqId;
    }

    @Override
    public long loggedSeqId() {
        return loggedSeqId;
    }

    @Override
    public @Nullable ExtentWriter currentWriter() {
        ExtentMaker.Made made = roller.current();
        return made == null ? null : made.writer();
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
    private void count(long bytes) {
        entriesAppended++;
        bytesAppended += bytes;
    }

    long entriesAppended() {
        return entriesAppended;
    }

    long bytesAppended() {
        return bytesAppended;
    }
}
