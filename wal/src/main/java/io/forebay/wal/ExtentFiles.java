package io.forebay.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names and whole-file operations of the log's directory, each safe against a crash in its middle.
 *
 * <pre>
 *  LOCK                          see LogLock
 *  0000000000000007/             extent 7: 19700101F.cq4 (or .precreated before its first use), metadata.cq4t
 *  0000000000000008.tmp/         being made or being deleted: nothing in it counts
 *  0000000000000005.purged       extent 5 was purged while an older one was still needed; 40 bytes:
 *                                magic (4), version (4), number (8), previous number (8), previous end (8),
 *                                reserved (4), crc32c of all that (4), little-endian
 * </pre>
 */
final class ExtentFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ExtentFiles.class);
    private static final Pattern EXTENT = Pattern.compile("\\d{16}");
    private static final Pattern TEMPORARY = Pattern.compile("\\d{16}\\.tmp");
    private static final Pattern PURGED = Pattern.compile("\\d{16}\\.purged");
    private static final int PURGED_MAGIC = 0x55504246;
    private static final int PURGED_BYTES = 40;
    private static final int SLICE_BYTES = 1 << 20;
    private static final int SLICES_PER_SYNC = 16;

    private final Path directory;

    ExtentFiles(Path directory) {
        this.directory = directory;
    }

    /** What lies in the directory. */
    record Listing(TreeSet<Integer> extents, TreeMap<Integer, Purged> purged, int highestNumber) {}

    /** What is left of a purged extent: its link in the chain. */
    record Purged(int number, long previousNumber, long previousEnd) {}

    Path pathOf(int number) {
        return directory.resolve(String.format("%016d", number));
    }

    private Path temporaryOf(int number) {
        return directory.resolve(String.format("%016d.tmp", number));
    }

    private Path purgedPathOf(int number) {
        return directory.resolve(String.format("%016d.purged", number));
    }

    /** Finishes what a crash interrupted (temporary directories are deleted) and lists the rest. */
    Listing list() throws IOException {
        TreeSet<Integer> extents = new TreeSet<>();
        TreeMap<Integer, Purged> purged = new TreeMap<>();
        int highest = 0;
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
            for (Path child : children) {
                String name = String.valueOf(child.getFileName());
                if (EXTENT.matcher(name).matches()) {
                    extents.add(Integer.parseInt(name));
                } else if (TEMPORARY.matcher(name).matches()) {
                    highest = Math.max(highest, Integer.parseInt(name.substring(0, 16)));
                    deleteTree(child);
                } else if (PURGED.matcher(name).matches()) {
                    Purged mark = readPurged(child, Integer.parseInt(name.substring(0, 16)));
                    purged.put(mark.number(), mark);
                }
            }
        }
        highest = Math.max(highest, extents.isEmpty() ? 0 : extents.last());
        highest = Math.max(highest, purged.isEmpty() ? 0 : purged.lastKey());
        return new Listing(extents, purged, highest);
    }

    /** A directory with a file of real, zero-filled blocks, under its final name only when all of it is on disk. */
    Path prepare(int number, long bytes) throws IOException {
        Path temporary = temporaryOf(number);
        deleteTree(temporary);
        Files.createDirectory(temporary);
        try (FileChannel channel = FileChannel.open(temporary.resolve(ChronicleExtent.PRECREATED),
                StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(SLICE_BYTES);
            int slices = 0;
            for (long at = 0; at < bytes; at += zeros.limit()) {
                zeros.clear().limit((int) Math.min(SLICE_BYTES, bytes - at));
                writeFully(channel, zeros, at);
                if (++slices % SLICES_PER_SYNC == 0) {
                    channel.force(false); // in slices, so that a sync of the log never queues behind the whole
                }
            }
            channel.force(true);
        }
        sync(temporary);
        Path path = pathOf(number);
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
        sync(directory);
        return path;
    }

    /** First half of deleting an extent: a crash before it leaves it whole, one behind it a temporary directory. */
    void rename(int number) throws IOException {
        Files.move(pathOf(number), temporaryOf(number), StandardCopyOption.ATOMIC_MOVE);
        sync(directory);
    }

    void deleteRenamed(int number) throws IOException {
        deleteTree(temporaryOf(number));
    }

    /** Deletes what there is of an extent that never was in use; what cannot be deleted now is deleted at the next open. */
    void discard(int number) {
        try {
            if (Files.exists(pathOf(number))) {
                rename(number);
            }
            deleteTree(temporaryOf(number));
        } catch (IOException e) {
            LOG.warn("cannot delete the unused extent {}: {}", pathOf(number), e.toString());
        }
    }

    void markPurged(Purged mark) throws IOException {
        ByteBuffer bytes = encode(mark);
        Path path = purgedPathOf(mark.number());
        Path temporary = directory.resolve("purged.tmp");
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            writeFully(channel, bytes, 0);
            channel.force(true);
        }
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
        sync(directory);
    }

    void unmarkPurged(int number) throws IOException {
        Files.deleteIfExists(purgedPathOf(number));
    }

    private static ByteBuffer encode(Purged mark) {
        ByteBuffer bytes = ByteBuffer.allocate(PURGED_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(PURGED_MAGIC).putInt(1).putLong(mark.number()).putLong(mark.previousNumber());
        bytes.putLong(mark.previousEnd()).putInt(0);
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, PURGED_BYTES - 4);
        return bytes.putInt((int) crc.getValue()).flip();
    }

    static Purged readPurged(Path path, int number) throws IOException {
        byte[] content = Files.readAllBytes(path);
        ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        if (content.length == PURGED_BYTES) {
            Purged mark = new Purged(number, bytes.getLong(16), bytes.getLong(24));
            if (encode(mark).equals(bytes)) {
                return mark;
            }
        }
        throw new WalException(WalException.Reason.CORRUPT,
                path + ": damaged mark of a purged extent at offset 0");
    }

    static void writeFully(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        long to = at;
        while (bytes.hasRemaining()) {
            to += channel.write(bytes, to);
        }
    }

    /** Makes the names in a directory survive a power loss. */
    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void deleteTree(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (DirectoryStream<Path> children = Files.newDirectoryStream(tree)) {
            for (Path child : children) {
                Files.delete(child);
            }
        }
        Files.delete(tree);
    }
}
