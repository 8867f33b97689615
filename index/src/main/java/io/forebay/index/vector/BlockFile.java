package io.forebay.index.vector;

import java.io.IOException;
import java.io.SyncFailedException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file of the arena: written by position, read through a mapping.
 *
 * <p>Threads: one thread writes, one at a time syncs; {@link #delete} and {@link #close} may come from any.
 * {@link #reserve} and {@link #mapping} are called under the arena's lock. The lock of this object guards its
 * channel and what of it is synced; it is never held during a write or a sync.
 *
 * <p>Invariants: nothing is ever written through the mapping, so a full disk is an {@link IOException} of
 * {@link #write}, never a fault inside a memory access. The mapping never reaches past the end of the file:
 * the file is lengthened first, sparsely. A mapping lives as long as somebody holds its segment, also when
 * the file was deleted. No descriptor stays open when everything is synced: thousands of collections may be
 * idle.
 *
 * <p>Failure: a failed sync is a {@link SyncFailedException}, after which the arena refuses everything. An
 * interrupt closes a channel; the next use opens another.
 *
 * <p>Format: {@link ArenaLayout}.
 */
final class BlockFile implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BlockFile.class);
    /** Room for this many rows at first: a collection of a few records costs a page or two. */
    private static final int FIRST_ROWS = 16;

    private final Path path;
    private final ArenaLayout layout;
    private final int number;
    /** Index of the first row written to this file since it was made, 0 for one that was found. */
    private final int firstWritten;

    private @Nullable FileChannel channel;
    private boolean closed;
    private boolean deleted;
    private int writing;
    private long writes;
    private long writesForced;

    // Guarded by the arena.
    private MemorySegment mapping = MemorySegment.NULL;
    private int mappedRows;

    private BlockFile(Path directory, ArenaLayout layout, int number, int firstWritten) {
        this.path = ArenaLayout.path(directory, number);
        this.layout = layout;
        this.number = number;
        this.firstWritten = firstWritten;
    }

    /** Makes the file anew; what a crash left under its name is gone. */
    static BlockFile create(Path directory, ArenaLayout layout, int number, int firstWritten)
            throws IOException {
        BlockFile block = new BlockFile(directory, layout, number, firstWritten);
        try {
            block.channel = block.openChannel(StandardOpenOption.CREATE, StandardOpenOption.READ,
                    StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
            block.writeHeader();
            return block;
        } catch (IOException | RuntimeException | Error e) {
            block.close();
            throw e;
        }
    }

    /** Checks the header, and writes it anew if it was lost; rows are checked by the caller. */
    static BlockFile open(Path directory, ArenaLayout layout, int number) throws IOException {
        BlockFile block = new BlockFile(directory, layout, number, 0);
        try {
            ByteBuffer found = ArenaLayout.emptyHeader();
            StoredRows.readFully(block.channel(), found, 0);
            if (!layout.isHeader(found, number, block.path)) {
                LOG.warn("{}: header damaged, written anew; every row is checked by its own checksum",
                        block.path);
                block.writeHeader();
            }
            return block;
        } catch (IOException | RuntimeException | Error e) {
            block.close();
            throw e;
        }
    }

    private void writeHeader() throws IOException {
        beginWrite();
        try {
            writeFully(layout.header(number), 0);
        } finally {
            endWrite();
        }
    }

    /** For reading through the channel. */
    StoredRows stored() throws IOException {
        FileChannel open = channel();
        return new StoredRows(open, ArenaLayout.ROWS_AT, open, ArenaLayout.HEADER_BYTES,
                ArenaLayout.firstOf(number));
    }

    int firstWritten() {
        return firstWritten;
    }

    /** After a call of {@link #reserve} for the rows that will be read. */
    MemorySegment mapping() {
        return mapping;
    }

    /**
     * Makes the mapping cover at least this many rows; true if it is another one now. The first block
     * doubles; whoever has a second one is not small, and a hole costs nothing.
     */
    boolean reserve(int rows) throws IOException {
        if (rows <= mappedRows) {
            return false;
        }
        int grown = number > 0
                ? ArenaLayout.BLOCK_ROWS
                : Math.min(ArenaLayout.BLOCK_ROWS, Math.max(rows, Math.max(FIRST_ROWS, 2 * mappedRows)));
        // The channel is writable, so mapping past the end lengthens the file, sparsely.
        mapping = channel().map(MapMode.READ_ONLY, 0, layout.rowAt(grown), Arena.ofAuto());
        mappedRows = grown;
        return true;
    }

    /** Until {@link #endWrite} the channel stays open and the file is not clean. */
    synchronized void beginWrite() {
        writing++;
    }

    synchronized void endWrite() {
        writes++;
        writing--;
    }

    /** True when there is nothing to sync. */
    synchronized boolean isClean() {
        return deleted || writing == 0 && writes == writesForced;
    }

    /** Writes all of both buffers so that they begin at the row of this index; between begin and end. */
    void write(ByteBuffer rows, ByteBuffer columns, int index) throws IOException {
        writeFully(rows, layout.rowAt(index));
        writeFully(columns, ArenaLayout.columnAt(index));
    }

    private void writeFully(ByteBuffer bytes, long at) throws IOException {
        long base = at - bytes.position();
        while (bytes.hasRemaining()) {
            channel().write(bytes, base + bytes.position());
        }
    }

    private synchronized FileChannel channel() throws IOException {
        if (closed || deleted) {
            throw new ClosedChannelException();
        }
        FileChannel open = channel;
        if (open == null || !open.isOpen()) {
            open = openChannel(StandardOpenOption.READ, StandardOpenOption.WRITE);
            channel = open;
        }
        return open;
    }

    private FileChannel openChannel(OpenOption... options) throws IOException {
        return FileChannel.open(path, options);
    }

    /** fdatasync of what was written before the call; then the descriptor goes. */
    void force() throws IOException {
        long covered;
        FileChannel target;
        synchronized (this) {
            if (isClean()) {
                release();
                return;
            }
            covered = writes;
            target = channel();
        }
        try {
            target.force(false);
        } catch (ClosedChannelException e) {
            synchronized (this) {
                if (deleted) {
                    return;
                }
            }
            throw e;
        } catch (IOException e) {
            // Final: the kernel may have dropped the dirty pages that it could not write.
            SyncFailedException failed = new SyncFailedException("not synced: " + path);
            failed.initCause(e);
            throw failed;
        }
        synchronized (this) {
            writesForced = Math.max(writesForced, covered);
            if (isClean()) {
                release();
            }
        }
    }

    /** Gives the descriptor back until something is written or read again; only when nobody writes. */
    synchronized void release() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }

    /** Removes the file. Whoever holds the mapping reads on; the blocks come back when nobody does. */
    synchronized void delete() throws IOException {
        Files.deleteIfExists(path);
        deleted = true;
        try {
            release();
        } catch (IOException e) {
            LOG.warn("{}: deleted, and not closed cleanly", path, e);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        release();
    }
}
