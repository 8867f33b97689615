package io.forebay.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes extents ahead of need, ready for the first entry: real blocks, the queue open, the EXTENT frame in it, all of it
 * synced, so that a roll is a swap. Without {@link #start} it makes each when it is asked for.
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
    private boolean closed;
    private int ahead;
    private int level = 1;
    private int handedOut;
    private final ArrayDeque<Made> ready = new ArrayDeque<>();
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

    /** The extent being written fills up: at least one is wanted ready. */
    synchronized void askAhead() {
        if (ahead < level) {
            ahead = level;
            notifyAll();
        }
    }

    /**
     * The next extent; waits until it is made. A wait means that they are filled faster than they are made one by one, so
     * more are made ahead from then on.
     */
    Made take() throws IOException {
        return thread == null ? make(takeNumber()) : takeReady();
    }

    private synchronized Made takeReady() throws IOException {
        boolean interrupted = false;
        try {
            askAhead();
            if (ready.isEmpty() && handedOut > 0) {
                level = Math.min(level + 1, config.extentsAheadMax());
                ahead = level;
            }
            while (ready.isEmpty() && problem == null && !closed) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true; // the caller holds the append lock and must not leave half a batch for this
                }
            }
            if (!ready.isEmpty()) {
                ahead = level == 1 ? 0 : level; // a log that fills slowly makes the next one later
                notifyAll();
                handedOut++;
                return ready.remove();
            }
            throw refusal();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Why there is none. Guarded by this. */
    private IOException refusal() {
        Exception was = problem;
        problem = null;
        notifyAll(); // try again
        if (was instanceof WalException refused) {
            throw new WalException(refused.reason(), String.valueOf(refused.getMessage()), refused);
        }
        if (was == null) {
            throw new WalException(WalException.Reason.CLOSED, "the log is closed");
        }
        return new IOException("cannot make an extent: " + was, was);
    }

    @Override
    public void run() {
        while (awaitWanted()) {
            Made made = null;
            Exception failed = null;
            try {
                made = make(takeNumber());
            } catch (Throwable e) {
                // Also an Error: whoever takes the next one holds the append lock and must not wait for ever.
                LOG.warn("cannot make the next extent: {}", e.toString());
                failed = e instanceof Exception exception ? exception : new IOException(e);
            }
            synchronized (this) {
                if (made != null) {
                    ready.add(made);
                }
                problem = failed;
                notifyAll();
            }
        }
    }

    private synchronized boolean awaitWanted() {
        while ((ready.size() >= wanted() || problem != null) && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                LOG.debug("wal-extents is ended by close(), not by an interrupt");
            }
        }
        return !closed;
    }

    /** More than one only while that leaves the disk its reserve. Guarded by this. */
    private int wanted() {
        return ahead > 1 && !reserve.leaves(config.extentBytes()) ? 1 : ahead;
    }

    private synchronized int takeNumber() {
        return nextNumber++;
    }

    private Made make(int number) throws IOException {
        reserve.checkFits(config.extentBytes());
        ExtentWriter writer = null;
        try {
            failPoints.at(FailPoints.Point.CREATING_EXTENT);
            boolean chronicle = config.implementation() == WalImplementation.CHRONICLE;
            Path directory = files.prepare(number, config.extentBytes(),
                    chronicle ? ChronicleExtent.PRECREATED : FileExtent.FILE, chronicle);
            writer = chronicle
                    ? ChronicleExtent.open(files.disk(), directory, config.extentBytes(), failPoints)
                    : FileExtent.open(files.disk(), directory, config.extentBytes(), failPoints);
            writeFirstFrame(number, writer);
            writer.force();
            files.disk().syncDirectory(directory); // Chronicle has renamed the file in it
            Path file = directory.resolve(chronicle ? ChronicleExtent.FILE : FileExtent.FILE);
            Extent extent = new Extent(number, file, files.disk());
            extent.sizeBytes = config.extentBytes();
            extent.endOffset = writer.endOffset();
            return new Made(extent, writer);
        } catch (IOException | RuntimeException | Error e) {
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
        frame.appendTimeMillis = failPoints.currentTimeMillis();
        frame.payloadLength = payload.remaining();
        frame.totalLength = payload.remaining();
        ByteBuffer header = ByteBuffer.allocate(Frame.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        frame.encode(header, number, new PayloadCrc().begin(payload));
        writer.append(header, payload, true);
    }

    /** Ends the thread and deletes the extents that nobody needed. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        if (thread != null) {
            WalThreads.join(thread);
        }
        for (Made unused = ready.poll(); unused != null; unused = ready.poll()) {
            unused.writer().close();
            files.discard(unused.extent().number);
        }
    }
}
