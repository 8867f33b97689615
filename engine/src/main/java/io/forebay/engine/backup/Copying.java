package io.forebay.engine.backup;

import io.forebay.model.file.DurableFiles;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads files once, for a copy and their checksum. CRC32C, because processors compute it at some 10 GB/s, so that reading
 * goes at the speed of the disk; it is there to find what a disk does to a file, not what an enemy does.
 *
 * <p>A copy is brought to disk in steps while it is made, so that a sync of the log never queues behind gigabytes.
 *
 * <p>Threads: one. Failure: an IOException; half a copy stays, which nobody knows of.
 */
final class Copying {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int BYTES_PER_SYNC = 4 << 20;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final Progress progress;

    /** Told after each piece; what it throws ends the work. */
    interface Progress {
        void read(long bytes) throws IOException;

        /** So long it took to read, write and sync a step: the place to leave the disk to others. */
        default void synced(long nanos) {}
    }

    Copying(Progress progress) {
        this.progress = progress;
    }

    /** The first so many bytes of a file into a new one, which is on disk then. Returns their checksum. */
    int copy(Path from, Path to, long bytes) throws IOException {
        try (FileChannel out = FileChannel.open(to, StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE)) {
            int crc = pass(from, out, bytes);
            out.force(true);
            return crc;
        }
    }

    /** As {@link #checksum}, of a file that is on disk then, whoever wrote it. */
    int forced(Path file, long bytes) throws IOException {
        DurableFiles.force(file);
        return checksum(file, bytes);
    }

    int checksum(Path file, long bytes) throws IOException {
        return pass(file, null, bytes);
    }

    private int pass(Path from, @Nullable FileChannel out, long bytes) throws IOException {
        CRC32C crc = new CRC32C();
        long unsynced = 0;
        long startNanos = System.nanoTime();
        try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ)) {
            for (long left = bytes; left > 0;) {
                buffer.clear().limit((int) Math.min(left, BUFFER_BYTES));
                int read = in.read(buffer);
                if (read < 0) {
                    throw new EOFException(from + " has " + (bytes - left) + " bytes instead of " + bytes);
                }
                left -= read;
                crc.update(buffer.flip());
                buffer.rewind();
                unsynced += read;
                while (out != null && buffer.hasRemaining()) {
                    out.write(buffer);
                }
                if (out != null && unsynced >= BYTES_PER_SYNC) {
                    out.force(false);
                    unsynced = 0;
                    progress.synced(System.nanoTime() - startNanos);
                    startNanos = System.nanoTime();
                }
                progress.read(read);
            }
        }
        return (int) crc.getValue();
    }

    /** With all that is in it; nothing when it is not there. No link is followed. */
    static void deleteTree(Path tree) throws IOException {
        if (Files.isDirectory(tree, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(tree)) {
                for (Path child : children) {
                    deleteTree(child);
                }
            }
        }
        Files.deleteIfExists(tree);
    }
}
