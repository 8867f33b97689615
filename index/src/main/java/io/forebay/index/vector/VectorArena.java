package io.forebay.index.vector;

import io.forebay.model.file.DurableFiles;
import java.io.IOException;
import java.io.SyncFailedException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * The vectors of one collection by ordinal, append-only, as float32 rows in mapped files of 4,096 rows each,
 * with the record number and the checksum of each row beside it. A file whose rows are all dead is deleted by
 * {@link #reclaim}.
 *
 * <p>Threads: one appender ({@link #write}, {@link #rewind}); the rest may be called by any. The lock of this
 * object guards which blocks there are and how far the appender has come; the appender holds it while it
 * makes or maps a file, {@link #reclaim} while it deletes one, nobody while rows are written or synced. The
 * lock {@code syncing} lets one thread sync at a time and is taken first.
 *
 * <p>Invariants: a row below the committed count is never written again. Rows past it are leftovers of a
 * crash or of a write that was taken back, and are overwritten. A block that the appender writes to is not
 * deleted. {@link #rows} that were taken keep their mappings, whatever is deleted.
 *
 * <p>Failure: an append that fails may leave bytes past the count; nothing refers to them. A failed sync is
 * final: every later write and sync is refused. Rows whose checksum does not match, or whose file is missing,
 * are named by {@link #damaged} and the rest goes on.
 *
 * <p>Format: {@link ArenaLayout}.
 */
final class VectorArena implements AutoCloseable {

    private static final int CHUNK_BYTES = 256 << 10;

    private final Path directory;
    private final ArenaLayout layout;
    private final Object syncing = new Object();
    private final CRC32C crc = new CRC32C();
    private RoaringBitmap damaged = new RoaringBitmap();

    // Guarded by this object.
    private @Nullable BlockFile[] blocks = new BlockFile[1];
    private int blockCount;
    /** Blocks that may have something to sync. */
    private final Set<BlockFile> touched = new HashSet<>();
    private @Nullable ArenaRows rows;
    /** End of what was appended or is being appended. */
    private int end;
    private boolean namesUnsynced;
    private boolean syncFailed;
    private boolean closed;

    // Guarded by syncing.
    private boolean parentUnsynced;

    private VectorArena(Path directory, ArenaLayout layout, int committed) {
        this.directory = directory;
        this.layout = layout;
        this.end = committed;
        // What is committed was forced before.
        this.namesUnsynced = committed == 0;
        this.parentUnsynced = committed == 0;
    }

    /** Opens or creates the files and checks every row below {@code committed} that is not dead. */
    static VectorArena open(Path directory, int dimension, int committed, DeadSet dead) throws IOException {
        Files.createDirectories(directory);
        ArenaLayout layout = ArenaLayout.of(dimension);
        OldArena.convert(directory, layout, committed, dead);
        VectorArena arena = new VectorArena(directory, layout, committed);
        try (ArenaCheck check = new ArenaCheck(layout, dead, committed)) {
            arena.openBlocks(check, committed);
            arena.damaged = check.damaged();
            return arena;
        } catch (IOException | RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private synchronized void openBlocks(ArenaCheck check, int committed) throws IOException {
        TreeSet<Integer> found = blockNumbers(directory);
        for (int number = 0; number < ArenaLayout.blocksFor(committed); number++) {
            int first = ArenaLayout.firstOf(number);
            int to = ArenaLayout.endOf(number, committed);
            if (found.remove(number)) {
                BlockFile block = BlockFile.open(directory, layout, number);
                put(number, block);
                block.reserve(to - first);
                check.rows(block.stored(), first, to);
                // Thousands of collections may be open and idle: they keep mappings, not descriptors.
                block.release();
            } else {
                check.missing(first, to);
            }
        }
        for (int leftover : found) {
            // Of a crash: nothing that was committed is in it.
            Files.deleteIfExists(ArenaLayout.path(directory, leftover));
        }
    }

    private void put(int number, @Nullable BlockFile block) {
        if (number >= blocks.length) {
            blocks = Arrays.copyOf(blocks, Math.max(number + 1, 2 * blocks.length));
        }
        blocks[number] = block;
        blockCount = Math.max(blockCount, number + 1);
        rows = null;
    }

    /** Numbers of the blocks that have a file. */
    static TreeSet<Integer> blockNumbers(Path directory) throws IOException {
        TreeSet<Integer> numbers = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                int number = ArenaLayout.numberOf(file);
                if (number >= 0) {
                    numbers.add(number);
                }
            }
        }
        return numbers;
    }

    static void delete(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            for (int number : blockNumbers(directory)) {
                Files.deleteIfExists(ArenaLayout.path(directory, number));
            }
            OldArena.delete(directory);
        }
    }

    /** Ordinals that failed their checksum at open; not to be changed. */
    RoaringBitmap damaged() {
        return damaged;
    }

    /** What was written before the call. */
    synchronized ArenaRows rows() {
        ArenaRows taken = rows;
        if (taken == null) {
            MemorySegment[] mappings = new MemorySegment[blockCount];
            for (int number = 0; number < blockCount; number++) {
                BlockFile block = blocks[number];
                mappings[number] = block == null ? MemorySegment.NULL : block.mapping();
            }
            taken = new ArenaRows(mappings, layout);
            rows = taken;
        }
        return taken;
    }

    /**
     * Writes {@code count} rows so that they begin at ordinal {@code first}; the source keeps its position.
     */
    void write(int first, ByteBuffer source, int[] rowNumbers, int count) throws IOException {
        claim(first + count);
        ByteBuffer from = source.duplicate();
        int chunkRows = Math.min(count, Math.max(1, CHUNK_BYTES / layout.strideBytes()));
        ByteBuffer rowBytes = littleEndian(chunkRows * layout.strideBytes());
        ByteBuffer columnBytes = littleEndian(chunkRows * ArenaLayout.COLUMN_BYTES);
        int done = 0;
        while (done < count) {
            int ordinal = first + done;
            int index = ordinal & ArenaLayout.BLOCK_ROWS - 1;
            int some = Math.min(Math.min(chunkRows, count - done), ArenaLayout.BLOCK_ROWS - index);
            columnBytes.clear();
            for (int i = 0; i < some; i++) {
                int at = i * layout.strideBytes();
                from.get(rowBytes.array(), at, layout.dimension() * Float.BYTES);
                int rowNumber = rowNumbers[done + i];
                columnBytes.putInt(rowNumber).putInt(crc(rowBytes.array(), at, rowNumber));
            }
            rowBytes.clear().limit(some * layout.strideBytes());
            int inBlock = Math.min(ArenaLayout.BLOCK_ROWS, index + count - done);
            BlockFile block = blockToWrite(ArenaLayout.blockOf(ordinal), index, inBlock);
            try {
                block.write(rowBytes, columnBytes.flip(), index);
            } finally {
                block.endWrite();
            }
            done += some;
        }
    }

    /** From here on the blocks below {@code newEnd} are safe from {@link #reclaim}. */
    private synchronized void claim(int newEnd) {
        end = newEnd;
    }

    /** Takes back what was written at {@code count} and above. */
    synchronized void rewind(int count) {
        end = count;
    }

    /** A block that has room and a mapping for {@code needed} rows; the caller ends the write. */
    private synchronized BlockFile blockToWrite(int number, int index, int needed) throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        refuseAfterFailure();
        BlockFile block = number < blockCount ? blocks[number] : null;
        if (block == null) {
            namesUnsynced = true;
            block = create(number, index, needed);
            put(number, block);
            block.beginWrite();
        } else {
            // First: a sync that finds nobody writing closes the channel, under whoever maps.
            block.beginWrite();
            reserve(block, needed);
        }
        touched.add(block);
        return block;
    }

    private void reserve(BlockFile block, int needed) throws IOException {
        boolean done = false;
        try {
            if (block.reserve(needed)) {
                rows = null;
            }
            done = true;
        } finally {
            if (!done) {
                block.endWrite();
            }
        }
    }

    private BlockFile create(int number, int index, int needed) throws IOException {
        BlockFile block = BlockFile.create(directory, layout, number, index);
        try {
            block.reserve(needed);
            return block;
        } catch (IOException | RuntimeException | Error e) {
            block.close();
            throw e;
        }
    }

    private void refuseAfterFailure() throws IOException {
        if (syncFailed) {
            throw new IOException("refused, an earlier sync failed: " + directory);
        }
    }

    private int crc(byte[] bytes, int offset, int rowNumber) {
        crc.reset();
        crc.update(bytes, offset, layout.strideBytes());
        crc.update(rowNumber);
        crc.update(rowNumber >>> 8);
        crc.update(rowNumber >>> 16);
        crc.update(rowNumber >>> 24);
        return (int) crc.getValue();
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Deletes every block whose rows below {@code dead.count()} were all dead, unless rows above are in it or
     * on their way into it; returns how many. The names need no sync: a file that comes back after a power
     * loss holds only what is dead, and the next reclaim takes it.
     */
    int reclaim(DeadRows dead) throws IOException {
        int deleted = 0;
        for (int number = 0; number < ArenaLayout.blocksFor(dead.count()); number++) {
            deleted += hasReclaimed(number, dead) ? 1 : 0;
        }
        return deleted;
    }

    /** Whether {@link #reclaim} would delete a block. */
    synchronized boolean hasReclaimable(DeadRows dead) {
        for (int number = 0; number < blockCount; number++) {
            if (isReclaimable(number, dead)) {
                return true;
            }
        }
        return false;
    }

    private boolean isReclaimable(int number, DeadRows dead) {
        boolean isThere = number < blockCount && blocks[number] != null;
        return !closed && isThere && ArenaLayout.endOf(number, end) <= dead.count()
                && dead.coversBlock(number);
    }

    private synchronized boolean hasReclaimed(int number, DeadRows dead) throws IOException {
        BlockFile block = number < blockCount ? blocks[number] : null;
        if (block == null || !isReclaimable(number, dead)) {
            return false;
        }
        block.delete();
        put(number, null);
        touched.remove(block);
        return true;
    }

    /** Bytes in the files that stand for rows below {@code count}; holes not counted. */
    synchronized long diskBytes(int count) {
        long bytes = 0;
        for (int number = 0; number < blockCount; number++) {
            BlockFile block = blocks[number];
            if (block != null) {
                int held = ArenaLayout.endOf(number, count) - ArenaLayout.firstOf(number)
                        - block.firstWritten();
                bytes += ArenaLayout.HEADER_BYTES
                        + Math.max(0L, held) * (layout.strideBytes() + ArenaLayout.COLUMN_BYTES);
            }
        }
        return bytes;
    }

    /** fdatasync of what was written before the call, and sync of the names. */
    void force() throws IOException {
        synchronized (syncing) {
            List<BlockFile> unsynced;
            boolean names;
            synchronized (this) {
                refuseAfterFailure();
                unsynced = List.copyOf(touched);
                names = namesUnsynced;
                namesUnsynced = false;
            }
            boolean done = false;
            try {
                for (BlockFile block : unsynced) {
                    block.force();
                }
                if (names) {
                    syncAllNames();
                }
                done = true;
            } catch (SyncFailedException e) {
                synchronized (this) {
                    syncFailed = true;
                }
                throw e;
            } finally {
                synchronized (this) {
                    namesUnsynced |= names && !done;
                    touched.removeIf(BlockFile::isClean);
                }
            }
        }
    }

    private void syncAllNames() throws IOException {
        DurableFiles.syncNames(directory);
        Path parent = directory.toAbsolutePath().getParent();
        if (parentUnsynced && parent != null) {
            DurableFiles.syncNames(parent);
        }
        parentUnsynced = false;
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        for (BlockFile block : blocks) {
            if (block != null) {
                block.close();
            }
        }
    }
}
