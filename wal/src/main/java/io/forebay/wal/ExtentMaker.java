package io.forebay.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes extents ahead of need, ready for the first entry: real blocks, the queue open, the EXTENT frame in it, all of it
 * synced, so that a roll is a swap.
 *
 * <p>Threads: {@link #run} is {@code wal-extents}. {@link #askAhead}, {@link #take} and {@link #close} by any.
 *
 * <p>Failure: what went wrong (mostly a full disk) is thrown at the next {@link #take}; what was half made is deleted; the
 * take after that tries anew.
 */
final class ExtentMaker implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ExtentMaker.class);

    /** An extent and its writing side. */
    record Made(Extent extent, ExtentWriter writer) {}

    private final ExtentFiles files;
    private final WalConfig config;
    private final DiskReserve reserve;
    private final FailPoints failPoints;
    private @Nullable Thread thread;

    // Guarded by this; whoever changes one of them notifies.
    private int nextNumber;
    private boolean wanted;
    private boolean closed;
    private @Nullable Made ready;
    private @Nullable Exception problem;

    ExtentMaker(ExtentFiles files, WalConfig config, DiskReserve reserve, FailPoints failPoints,
            int firstNumber) {
        this.files = files;
        this.config = config;
        this.reserve = reserve;
        this.failPoints = failPoints;
        this.nextNumber = firstNumber;
    }

    void start() {
        thread = WalThreads.start("wal-extents", this);
    }

    /** Makes one on the calling thread: the first of a process. Before {@link #start}. */
    Made makeFirst() throws IOException {
        return make(takeNumber());
    }

    synchronized void askAhead() {
        if (ready == null && problem == null && !wanted) {
            wanted = true;
            notifyAll();
        }
    }

    /** The next extent; waits until it is made. */
    synchronized Made take() throws IOException {
        boolean interrupted = false;
        try {
            askAhead();
            while (ready == null && problem == null && !closed) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true; // the caller holds the append lock and must not leave half a batch for this
                }
            }
            if (problem != null) {
                Exception was = problem;
                problem = null;
                if (was instanceof WalException refused) {
                    throw new WalException(refused.reason(), String.valueOf(refused.getMessage()), refused);
                }
                throw new IOException("cannot make an extent: " + was, was);
            }
            if (ready == null) {
                throw new WalException(WalException.Reason.CLOSED, "the log is closed");
            }
            Made made = ready;
            ready = null;
            return made;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void run() {
        while (awaitWanted()) {
            Made made = null;
            Exception failed = null;
            try {
                made = make(takeNumber());
            } catch (IOException | RuntimeException | InternalError e) {
                LOG.warn("cannot make the next extent: {}", e.toString());
                failed = e instanceof Exception exception ? exception : new IOException(e);
            }
            synchronized (this) {
                wanted = false;
                ready = made;
                problem = failed;
                notifyAll();
            }
        }
    }

    private synchronized boolean awaitWanted() {
        while (!wanted && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                LOG.debug("wal-extents is ended by close(), not by an interrupt");
            }
        }
        return !closed;
    }

    private synchronized int takeNumber() {
        return nextNumber++;
    }

    private Made make(int number) throws IOException {
        reserve.checkFits(config.extentBytes());
        ExtentWriter writer = null;
        try {
            failPoints.at(FailPoints.Point.CREATING_EXTENT);
            Extent extent = new Extent(number, files.prepare(number, config.extentBytes()));
            writer = ChronicleExtent.open(extent.directory, config.extentBytes(), failPoints);
            writeFirstFrame(number, writer);
            writer.force();
            ExtentFiles.sync(extent.directory); // Chronicle has renamed the file in it
            extent.sizeBytes = config.extentBytes();
            extent.endOffset = writer.endOffset();
            return new Made(extent, writer);
        } catch (IOException | RuntimeException | InternalError e) {
            if (writer != null) {
                writer.close();
            }
            files.discard(number);
            if (!reserve.fits(config.extentBytes())) {
                throw reserve.full("no room for an extent of " + config.extentBytes() + " bytes", e);
            }
            throw e;
        }
    }

    private void writeFirstFrame(int number, ExtentWriter writer) throws IOException {
        ByteBuffer payload = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        payload.putLong(number).putLong(config.extentBytes()).flip();
        Frame frame = new Frame();
        frame.kind = Frame.EXTENT;
        frame.appendTimeMillis = System.currentTimeMillis();
        frame.payloadLength = payload.remaining();
        frame.totalLength = payload.remaining();
        ByteBuffer header = ByteBuffer.allocate(Frame.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        frame.encode(header, number, Frame.payloadCrc(payload));
        writer.append(header, payload);
    }

    /** Ends the thread and deletes the extent that nobody needed. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        if (thread != null) {
            WalThreads.join(thread);
        }
        Made unused = ready;
        if (unused != null) {
            unused.writer().close();
            files.discard(unused.extent().number);
        }
    }
}
