package io.forebay.model.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.EnumSet;
import java.util.Set;

/**
 * Replaces a file as a whole, so that it survives a crash and a power loss: it is written aside, synced, renamed, and the
 * names in its directory are synced. In this order: renamed before it is synced, a file may be empty after a power loss;
 * without the last step the old one may be back.
 *
 * <p>Threads: any, but one at a time for each file: two would write to the same place aside.
 *
 * <p>Invariants: under its name there is the old file or the new one, whole, at every moment; when {@link #replace}
 * returns, it is the new one, whatever happens then. What lies aside is always made new, so it has the modes that are asked
 * for, and a link that somebody put there is not followed.
 *
 * <p>Failure: an IOException. Until the rename the old file stays, and what was written aside is removed, since it may be
 * what fills the disk. When only the names could not be synced, the new one is in its place, and it is not known which of
 * the two a power loss would leave. A crash may leave a file aside; the next replacement removes it.
 *
 * <p>The log has its own ways to its disk ({@code io.forebay.wal}), which sees nothing of the model.
 */
public final class DurableFiles {
    private static final Set<StandardOpenOption> FRESH = EnumSet.of(StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE);

    private DurableFiles() {}

    /** Writes what the file is to hold, into a channel that is empty. */
    @FunctionalInterface
    public interface Content {
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * @param asideSuffix behind the name of the file: where it is written until it is whole
     * @param attributes  of the new file, such as those of {@link OwnerOnly}
     */
    public static void replace(Path file, String asideSuffix, byte[] content, FileAttribute<?>... attributes)
            throws IOException {
        replace(file, asideSuffix, channel -> writeFully(channel, ByteBuffer.wrap(content)), attributes);
    }

    /** Likewise, of a content that need not be in memory. What it throws ends it. */
    public static void replace(Path file, String asideSuffix, Content content, FileAttribute<?>... attributes)
            throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + asideSuffix);
        if (!Files.isDirectory(aside, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(aside);
        }
        try (FileChannel channel = FileChannel.open(aside, FRESH, attributes)) {
            try {
                content.writeTo(channel);
                channel.force(true);
                Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException | RuntimeException | Error e) {
                remove(aside, e);
                throw e;
            }
        }
        syncNames(directoryOf(file));
    }

    private static void remove(Path aside, Throwable why) {
        try {
            Files.deleteIfExists(aside);
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    /** Gives a file that is on disk another name in its directory, in place of what has that name. */
    public static void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncNames(directoryOf(to));
    }

    /** Brings to disk what anybody wrote to the file. */
    public static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Makes the names in a directory survive a power loss: what was made, renamed or deleted in it. */
    public static void syncNames(Path directory) throws IOException {
        force(directory);
    }

    /** Makes the name of a file or directory itself survive one. */
    public static void syncNameOf(Path path) throws IOException {
        Path parent = path.toRealPath().getParent();
        if (parent != null) {
            syncNames(parent);
        }
    }

    public static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Also of a name alone, which is in the working directory. */
    private static Path directoryOf(Path file) {
        return file.toAbsolutePath().resolveSibling(".");
    }
}
