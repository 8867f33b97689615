package io.forebay.engine.backup;

import io.forebay.engine.backup.BackupException.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps all others away from a directory of backups, in this process and in others, until it is closed.
 *
 * <p>Invariant: a process opens the file at most once, because closing any channel of it drops all locks that the process
 * has on it; hence the set.
 *
 * <p>Threads: any. Failure: {@link BackupException} BUSY.
 */
final class RepositoryLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RepositoryLock.class);
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path real;
    private final FileChannel channel;

    private RepositoryLock(Path real, FileChannel channel) {
        this.real = real;
        this.channel = channel;
    }

    /** @param file the file that is locked; a directory, of a copy without that file, which needs no lock */
    static RepositoryLock take(Path directory, boolean shared, Path file, OpenOption... how)
            throws IOException {
        Path real = directory.toRealPath();
        if (!HELD.add(real)) {
            throw busy(directory);
        }
        boolean taken = false;
        try {
            FileChannel channel = FileChannel.open(file, how);
            try {
                taken = Files.isDirectory(file) || channel.tryLock(0, Long.MAX_VALUE, shared) != null;
            } finally {
                if (!taken) {
                    channel.close();
                }
            }
            if (!taken) {
                throw busy(directory);
            }
            return new RepositoryLock(real, channel);
        } finally {
            if (!taken) {
                HELD.remove(real);
            }
        }
    }

    private static BackupException busy(Path directory) {
        return new BackupException(Reason.BUSY,
                "something else works on the backups in " + directory + "; try again when it is done");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("{}: the lock cannot be closed: {}", real, e.toString());
        } finally {
            HELD.remove(real);
        }
    }
}
