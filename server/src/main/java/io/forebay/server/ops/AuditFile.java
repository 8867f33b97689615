package io.forebay.server.ops;

import io.forebay.model.file.DurableFiles;
import io.forebay.model.file.OwnerOnly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files of an {@link AuditLog}: the newest as it is named, older ones with {@code .1}, {@code .2} and so on
 * behind, the oldest going when there are too many. Only their owner may read them.
 *
 * <p>Threads: one.
 *
 * <p>Failure: a line that was written in part (the disk is full) is taken back, so that no line is half; where it
 * cannot be, the next one begins on a line of its own.
 */
final class AuditFile {
    private final Path path;
    private final long bytesMax;
    private final int filesMax;
    private @Nullable FileChannel channel;
    private @Nullable Object identity;
    private boolean dirty;

    /**
     * @param bytesMax a file that has so much is put aside
     * @param filesMax the newest included
     */
    AuditFile(Path path, long bytesMax, int filesMax) {
        this.path = path.toAbsolutePath().normalize();
        this.bytesMax = bytesMax;
        this.filesMax = filesMax;
    }

    void append(byte[] line) throws IOException {
        FileChannel to = open();
        if (to.size() > 0 && to.size() + line.length > bytesMax) {
            rotate();
            to = open();
        }
        long before = to.size();
        try {
            DurableFiles.writeFully(to, ByteBuffer.wrap(line));
            dirty = true;
        } catch (IOException e) {
            takeBack(to, before);
            throw e;
        }
    }

    private static void takeBack(FileChannel to, long length) {
        try {
            to.truncate(length);
        } catch (IOException e) {
            // The first failure is told.
        }
    }

    private FileChannel open() throws IOException {
        FileChannel known = channel;
        if (known != null && known.isOpen() && isStillThere()) {
            return known;
        }
        close();
        Path directory = path.getParent();
        if (directory != null && !Files.isDirectory(directory)) {
            Files.createDirectories(directory, OwnerOnly.directory(directory));
        }
        FileChannel made = FileChannel.open(path,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND), OwnerOnly.file(path));
        channel = made;
        identity = identity();
        endTornLine(made);
        return made;
    }

    /** Else somebody moved it away, as logrotate does, which may also put a new one in its place. */
    private boolean isStillThere() throws IOException {
        try {
            return Objects.equals(identity, identity());
        } catch (NoSuchFileException moved) {
            return false;
        }
    }

    /** Null where the file system does not tell files apart. */
    private @Nullable Object identity() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /** After a power loss. */
    private void endTornLine(FileChannel made) throws IOException {
        long size = made.size();
        if (size > 0) {
            ByteBuffer last = ByteBuffer.allocate(1);
            try (FileChannel in = FileChannel.open(path, StandardOpenOption.READ)) {
                in.read(last, size - 1);
            }
            if (last.get(0) != '\n') {
                made.write(ByteBuffer.wrap(new byte[]{'\n'}));
            }
        }
    }

    private void rotate() throws IOException {
        close();
        for (int i = filesMax - 1; i >= 1; i--) {
            Path from = i == 1 ? path : numbered(i - 1);
            if (Files.exists(from)) {
                Files.move(from, numbered(i), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (filesMax == 1) {
            Files.deleteIfExists(path);
        }
    }

    private Path numbered(int number) {
        return path.resolveSibling(path.getFileName() + "." + number);
    }

    /** Whether something was to be synced. */
    boolean sync() throws IOException {
        FileChannel to = channel;
        boolean wasDue = dirty && to != null && to.isOpen();
        if (wasDue && to != null) {
            to.force(false);
        }
        dirty = false;
        return wasDue;
    }

    void close() {
        try {
            sync();
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            channel = null;
        }
    }
}
