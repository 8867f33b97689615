package io.forebay.client.load;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Writes the checkpoint of a load: when its plan changed, and now and then. One loader at a time has a checkpoint: a lock
 * on a file beside it says so, which the system gives back however the process ends. That file stays: who opened it just
 * before it was deleted would lock what nobody else sees.
 *
 * <p>Threads: {@code load-checkpoint} writes, and at the end whoever closes.
 */
final class CheckpointKeeper implements AutoCloseable {
    private final Path file;
    private final LoadSettings settings;
    private final UUID collection;
    private final LoadThreads threads;
    private final FileChannel lockFile;
    private final AtomicBoolean requested = new AtomicBoolean();
    private boolean complete;
    private boolean closed;
    @SuppressWarnings("NullAway.Init") // they know each other
    private Flow flow;

    private CheckpointKeeper(Path file, LoadSettings settings, UUID collection, LoadThreads threads,
            FileChannel lockFile) {
        this.file = file;
        this.settings = settings;
        this.collection = collection;
        this.threads = threads;
        this.lockFile = lockFile;
    }

    static CheckpointKeeper open(Path file, LoadSettings settings, UUID collection, LoadThreads threads)
            throws IOException {
        FileChannel channel = FileChannel.open(lockOf(file), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            channel.close();
            throw new IOException("another load uses the checkpoint " + file);
        }
        return new CheckpointKeeper(file, settings, collection, threads, channel);
    }

    private static Path lockOf(Path file) {
        return file.resolveSibling(file.getFileName() + ".lock");
    }

    /**
     * What an earlier life left; null when there was none, or only the end of a load into another collection or with another
     * operation: that one is done with, and its file free for the next.
     */
    @Nullable
    LoadCheckpoint earlier() throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        LoadCheckpoint earlier = LoadCheckpoint.read(file);
        if (earlier.complete() && !earlier.isOf(collection, settings.operation)) {
            return null;
        }
        if (!earlier.collection().equals(collection)) {
            throw new IOException(
                    "the checkpoint " + file + " is of another collection (" + earlier.collection()
                            + ", not " + collection + "): was it dropped and made again?");
        }
        if (earlier.operation() != settings.operation || earlier.first() != settings.first) {
            throw new IOException("the checkpoint " + file + " is of another load: "
                    + earlier.operation() + " from position " + earlier.first());
        }
        if (!earlier.fingerprint().equals(settings.fingerprint)) {
            throw new IOException(
                    "the source has changed since the checkpoint " + file + " was written: it was "
                            + earlier.fingerprint() + ", it is " + settings.fingerprint);
        }
        return earlier;
    }

    void connect(Flow itsFlow) {
        flow = itsFlow;
    }

    void request() {
        if (requested.compareAndSet(false, true)) {
            try {
                threads.checkpoint.execute(this::writeRequested);
            } catch (RejectedExecutionException atTheEnd) {
                requested.set(false); // close writes the last one
            }
        }
    }

    private void writeRequested() {
        requested.set(false);
        try {
            write();
        } catch (IOException | RuntimeException e) {
            flow.fail(
                    new ForebayException(ErrorCode.INTERNAL, "cannot write the checkpoint " + file + ": " + e,
                            e));
        }
    }

    private synchronized void write() throws IOException {
        if (closed) {
            return;
        }
        Planned now = flow.look((plan, counts, controller, inFlight) -> new Planned(plan.version(),
                new LoadCheckpoint(settings.loader, collection, settings.operation, settings.source,
                        settings.fingerprint, settings.first, plan.done().ranges(), plan.planned(),
                        counts.acked,
                        plan.refused(), complete, System.currentTimeMillis())));
        now.checkpoint.write(file);
        flow.planKept(now.version);
    }

    private record Planned(long version, LoadCheckpoint checkpoint) {}

    /** The source is at its end and all of it done. */
    synchronized void complete() {
        complete = true;
    }

    /** Writes the last one. */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        try {
            write();
        } finally {
            closed = true;
            lockFile.close();
        }
    }

    /** Without having written anything. */
    void release() throws IOException {
        closed = true;
        lockFile.close();
    }
}
