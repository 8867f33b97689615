package io.forebay.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One opener per directory: the operating system's lock on the file {@code LOCK}, which dies with its process whatever
 * its pid was. The owner's pid in the file is only for the message.
 *
 * <p>Invariant: a process opens the file at most once, because closing any channel of it drops the process's lock; hence
 * the set.
 */
final class LogLock implements AutoCloseable {
    static final String FILE = "LOCK";
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel channel;

    private LogLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /** The directory must exist. */
    static LogLock take(Path directory) throws IOException {
        Path real = directory.toRealPath();
        String self = Long.toString(ProcessHandle.current().pid());
        if (!HELD.add(real)) {
            throw locked(directory, self + " (this one)");
        }
        try {
            FileChannel channel = FileChannel.open(real.resolve(FILE), StandardOpenOption.CREATE,
                    StandardOpenOption.READ, StandardOpenOption.WRITE);
            return own(directory, real, channel, self);
        } catch (IOException | RuntimeException e) {
            HELD.remove(real);
            throw e;
        }
    }

    /**
     * As {@link #take}, for who only looks: nothing is written, others who look may do so too, and it works where
     * nothing can be written. Null when there is no such file, so nobody can have it open.
     */
    static @Nullable LogLock look(Path directory) throws IOException {
        Path real = directory.toRealPath();
        if (!Files.exists(real.resolve(FILE))) {
            return null;
        }
        if (!HELD.add(real)) {
            throw locked(directory, ProcessHandle.current().pid() + " (this one)");
        }
        try {
            return shared(directory, real, FileChannel.open(real.resolve(FILE), StandardOpenOption.READ));
        } catch (IOException | RuntimeException e) {
            HELD.remove(real);
            throw e;
        }
    }

    private static LogLock shared(Path directory, Path real, FileChannel channel) throws IOException {
        try {
            if (channel.tryLock(0, Long.MAX_VALUE, true) == null) {
                throw locked(directory, owner(channel));
            }
            return new LogLock(real, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** To be asked before the file is opened for anything else: closing it again would release the lock. */
    static boolean heldByThisProcess(Path directory) throws IOException {
        return HELD.contains(directory.toRealPath());
    }

    private static LogLock own(Path directory, Path real, FileChannel channel, String pid)
            throws IOException {
        FileLock lock = null;
        try {
            lock = channel.tryLock();
            if (lock == null) {
                throw locked(directory, owner(channel));
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
            return new LogLock(real, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static String owner(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(20);
        int length = channel.read(text, 0);
        return length <= 0 ? "unknown" : new String(text.array(), 0, length, StandardCharsets.US_ASCII);
    }

    private static WalException locked(Path directory, String pid) {
        return new WalException(WalException.Reason.LOCKED,
                "the log in " + directory + " is in use by process " + pid);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new WalException(WalException.Reason.IO, "cannot release the lock of " + directory, e);
        } finally {
            HELD.remove(directory);
        }
    }
}
