package io.forebay.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names and whole-file operations of the log's directory, each safe against a crash in its middle.
 *
 * <pre>
 *  LOCK                          see LogLock
 *  0000000000000007/             extent 7: extent.log, or of Chronicle 19700101F.cq4 (before its first use
 *                                .precreated) and metadata.cq4t
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
    /** What an extent's file may be called. */
    static final List<String> FILES = List.of(FileExtent.FILE, ChronicleExtent.FILE);
    private static final int PURGED_MAGIC = 0x55504246;
    private static final int PURGED_BYTES = 40;
    private static final int SLICE_BYTES = 1 << 20;
    private static final int MAPPED_SLICE_BYTES = 64 << 10;
    private static final int BYTES_PER_SYNC = 16 << 20;
    /** Where Chronicle keeps its positions and index; written through its mapping by every append. */
    private static final int FRONT_BYTES = 256 << 10;
    private static final int PAGE_BYTES = 4096;

    private final Path directory;
    private final Disk disk;

    ExtentFiles(Path directory, Disk disk) {
        this.directory = directory;
        this.disk = disk;
    }

    /** What lies in the directory. */
    record Listing(TreeSet<Integer> extents, TreeMap<Integer, Purged> purged, int highestNumber) {}

    /** What is left of a purged extent: its link in the chain. */
    record Purged(int number, long previousNumber, long previousEnd) {}

    Path pathOf(int number) {
        return pathOf(directory, number);
    }

    static Path pathOf(Path directory, int number) {
        return directory.resolve(String.format("%016d", number));
    }

    /** The extent that this one continues, past those that are remembered as purged. */
    static long previousKept(Map<Integer, Purged> purged, long previousNumber) {
        long previous = previousNumber;
        for (Purged mark = purged.get((int) previous); mark != null; mark = purged.get((int) previous)) {
            previous = mark.previousNumber();
        }
        return previous;
    }

    /** The extent's file, whatever wrote it; null when it has none, or only one that was never opened. */
    @Nullable
    Path fileOf(int number) {
        for (String name : FILES) {
            Path file = pathOf(number).resolve(name);
            if (disk.exists(file)) {
                return file;
            }
        }
        return null;
    }

    /** Whether it was made for Chronicle and Chronicle has not seen it yet. */
    boolean isPrecreated(int number) {
        return disk.exists(pathOf(number).resolve(ChronicleExtent.PRECREATED));
    }

    Disk disk() {
        return disk;
    }

    private Path temporaryOf(int number) {
        return directory.resolve(String.format("%016d.tmp", number));
    }

    Path purgedPathOf(int number) {
        return directory.resolve(String.format("%016d.purged", number));
    }

    /** Changes nothing; temporary directories do not count. */
    Listing list() throws IOException {
        TreeSet<Integer> extents = new TreeSet<>();
        TreeMap<Integer, Purged> purged = new TreeMap<>();
        int highest = 0;
        for (String name : disk.list(directory)) {
            if (EXTENT.matcher(name).matches()) {
                extents.add(Integer.parseInt(name));
            } else if (TEMPORARY.matcher(name).matches()) {
                highest = Math.max(highest, Integer.parseInt(name.substring(0, 16)));
            } else if (PURGED.matcher(name).matches()) {
                Purged mark = readPurged(directory.resolve(name), Integer.parseInt(name.substring(0, 16)));
                purged.put(mark.number(), mark);
            }
        }
        highest = Math.max(highest, extents.isEmpty() ? 0 : extents.last());
        highest = Math.max(highest, purged.isEmpty() ? 0 : purged.lastKey());
        return new Listing(extents, purged, highest);
    }

    /** Finishes what a crash interrupted: temporary directories go away. */
    void deleteTemporary() throws IOException {
        for (String name : disk.list(directory)) {
            if (TEMPORARY.matcher(name).matches()) {
                disk.delete(directory.resolve(name));
            }
        }
    }

    /**
     * A directory with a file of real, zero-filled blocks, under its final name only when all of it is on disk.
     *
     * <p>The size of a write decides the size of the folios in the page cache, and a store through a mapping makes a whole
     * folio dirty: filled in slices of 1 MB, each sync of a mapped extent wrote 2 MB (247 times the bytes appended in
     * batches of 8 KB).
     *
     * @param mapped whether it will be written through a mapping
     */
    Path prepare(int number, long bytes, String fileName, boolean mapped) throws IOException {
        int sliceBytes = mapped ? MAPPED_SLICE_BYTES : SLICE_BYTES;
        Path temporary = temporaryOf(number);
        disk.delete(temporary);
        disk.createDirectory(temporary);
        try (Disk.Open file = disk.create(temporary.resolve(fileName))) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(SLICE_BYTES);
            long unsynced = 0;
            for (long at = 0; at < bytes; at += zeros.limit()) {
                long slice = at < FRONT_BYTES ? PAGE_BYTES : sliceBytes;
                file.write(zeros.clear().limit((int) Math.min(slice, bytes - at)), at);
                unsynced += zeros.limit();
                if (unsynced >= BYTES_PER_SYNC) {
                    file.force(false); // in steps, so that a sync of the log never queues behind the whole
                    unsynced = 0;
                }
            }
            file.force(true);
        }
        disk.syncDirectory(temporary);
        Path path = pathOf(number);
        disk.rename(temporary, path);
        disk.syncDirectory(directory);
        return path;
    }

    /** First half of deleting an extent: a crash before it leaves it whole, one behind it a temporary directory. */
    void rename(int number) throws IOException {
        disk.rename(pathOf(number), temporaryOf(number));
        disk.syncDirectory(directory);
    }

    void deleteRenamed(int number) throws IOException {
        disk.delete(temporaryOf(number));
    }

    /** Deletes what there is of an extent that is not in use; what cannot be deleted now is deleted at the next open. */
    void discard(int number) {
        try {
            if (disk.exists(pathOf(number))) {
                rename(number);
            }
            disk.delete(temporaryOf(number));
        } catch (IOException e) {
            LOG.warn("cannot delete the unused extent {}: {}", pathOf(number), e.toString());
        }
    }

    void markPurged(Purged mark) throws IOException {
        Path temporary = directory.resolve("purged.tmp");
        try (Disk.Open file = disk.create(temporary)) {
            file.write(encode(mark), 0);
            file.force(true);
        }
        disk.rename(temporary, purgedPathOf(mark.number()));
        disk.syncDirectory(directory);
    }

    void unmarkPurged(int number) throws IOException {
        disk.delete(purgedPathOf(number));
    }

    private static ByteBuffer encode(Purged mark) {
        ByteBuffer bytes = ByteBuffer.allocate(PURGED_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(PURGED_MAGIC).putInt(1).putLong(mark.number()).putLong(mark.previousNumber());
        bytes.putLong(mark.previousEnd()).putInt(0);
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, PURGED_BYTES - 4);
        return bytes.putInt((int) crc.getValue()).flip();
    }

    private Purged readPurged(Path path, int number) throws IOException {
        return purged(path, number, disk.read(path));
    }

    /** Decodes a mark; CORRUPT when it does not check. */
    static Purged purged(Path path, int number, byte[] content) {
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
}
