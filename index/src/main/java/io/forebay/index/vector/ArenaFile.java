package io.forebay.index.vector;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file of fixed-width entries behind a header, written by position and read through a mapping.
 *
 * <p>Threads: one thread writes and maps; {@link #force} and {@link #close} may come from any thread. The
 * lock of this object guards only which channel is open.
 *
 * <p>Invariants: nothing is ever written through the mapping, so a full disk is an {@link IOException} of
 * {@link #write}, never a fault inside a memory access. The mapping never reaches past the end of the file:
 * the file is lengthened first, sparsely. A mapping lives as long as somebody holds its segment.
 *
 * <p>Failure: a failed sync is final, because the kernel may have dropped the dirty pages that it could not
 * write: every later write and sync is refused. An interrupt closes a channel; the next use opens another.
 *
 * <p>Format: little-endian.
 * <pre>
 *  0         8         12          16            20         28       32            header
 *  +---------+---------+-----------+-------------+----------+--------+---- - - ---+---------+---------+
 *  | magic   | version | dimension | entry bytes | reserved | crc32c | zeros      | entry 0 | entry 1 | ...
 *  +---------+---------+-----------+-------------+----------+--------+---- - - ---+---------+---------+
 * </pre>
 * The checksum covers the 28 bytes before it. Constants are part of the format.
 */
final class ArenaFile implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ArenaFile.class);
    private static final int VERSION = 1;
    private static final int HEADER_USED = 32;
    private static final int CRC_AT = 28;
    /** Room for this many entries at first: a collection of a few records costs a page or two. */
    private static final int FIRST_ENTRIES = 16;

    private final Path path;
    private final long magic;
    private final int headerBytes;
    private final int dimension;
    private final int entryBytes;

    private @Nullable FileChannel channel;
    private boolean closed;
    private boolean syncFailed;
    private long writes;
    private long writesForced;

    private MemorySegment mapping = MemorySegment.NULL;
    private int mappedEntries;

    ArenaFile(Path path, long magic, int headerBytes, int dimension, int entryBytes) {
        this.path = path;
        this.magic = magic;
        this.headerBytes = headerBytes;
        this.dimension = dimension;
        this.entryBytes = entryBytes;
    }

    /**
     * Checks the header, or writes it if the file is new or its header was lost; entries are checked by the
     * caller.
     */
    void open(int committed) throws IOException {
        ByteBuffer found = ByteBuffer.allocate(HEADER_USED).order(ByteOrder.LITTLE_ENDIAN);
        readFully(found, 0);
        ByteBuffer wanted = header();
        if (found.equals(wanted)) {
            return;
        }
        if (committed > 0 && found.getInt(CRC_AT) == crc(found) && found.getLong(0) == magic) {
            throw new IOException(
                    "%s was made for another shape: version %d, dimension %d, entries of %d bytes".formatted(
                            path, found.getInt(8), found.getInt(12), found.getInt(16)));
        }
        if (committed > 0) {
            LOG.warn("{}: header damaged, written anew; every entry is checked by its own checksum", path);
        }
        write(wanted, 0);
    }

    private ByteBuffer header() {
        ByteBuffer header = ByteBuffer.allocate(HEADER_USED).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(0, magic).putInt(8, VERSION).putInt(12, dimension).putInt(16, entryBytes);
        header.putInt(CRC_AT, crc(header));
        return header;
    }

    private static int crc(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.array(), 0, CRC_AT);
        return (int) crc.getValue();
    }

    /** Byte offset of an entry in the file and in the mapping. */
    long offset(int entry) {
        return headerBytes + (long) entry * entryBytes;
    }

    /** The mapping, after a call of {@link #reserve} for the entries that will be read. */
    MemorySegment mapping() {
        return mapping;
    }

    /** Makes the mapping cover at least this many entries, doubling; earlier mappings stay valid. */
    void reserve(int entries) throws IOException {
        if (entries <= mappedEntries) {
            return;
        }
        int grown = (int) Math.min(Integer.MAX_VALUE,
                Math.max(entries, Math.max(FIRST_ENTRIES, 2L * mappedEntries)));
        long bytes = offset(grown);
        // The channel is writable, so mapping past the end lengthens the file, sparsely.
        mapping = channel().map(MapMode.READ_ONLY, 0, bytes, Arena.ofAuto());
        mappedEntries = grown;
    }

    /** Writes all of {@code bytes} so that it begins at this entry. */
    void writeEntries(ByteBuffer bytes, int entry) throws IOException {
        write(bytes, offset(entry));
    }

    private void write(ByteBuffer bytes, long at) throws IOException {
        long base = at - bytes.position();
        boolean retried = false;
        while (bytes.hasRemaining()) {
            try {
                channelToWrite().write(bytes, base + bytes.position());
            } catch (ClosedByInterruptException e) {
                throw e;
            } catch (ClosedChannelException e) {
                // force() closed an idle channel between our taking and using it; a second time is not that.
                if (retried) {
                    throw e;
                }
                retried = true;
            }
        }
    }

    /** Reads until {@code target} is full or the file ends; what is missing stays zero. */
    void readFully(ByteBuffer target, long at) throws IOException {
        FileChannel source = channel();
        long position = at;
        while (target.hasRemaining()) {
            int read = source.read(target, position);
            if (read < 0) {
                break;
            }
            position += read;
        }
        target.position(target.limit()).flip();
    }

    private synchronized FileChannel channelToWrite() throws IOException {
        if (syncFailed) {
            throw new IOException("writes refused, an earlier sync failed: " + path);
        }
        writes++;
        return channel();
    }

    private synchronized FileChannel channel() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        if (channel == null || !channel.isOpen()) {
            channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
        }
        return channel;
    }

    /** fdatasync. A file that was not written since the last call gives its descriptor back instead. */
    void force() throws IOException {
        FileChannel target;
        long covered;
        synchronized (this) {
            if (syncFailed) {
                throw new IOException("an earlier sync failed: " + path);
            }
            if (writes == writesForced) {
                closeChannel();
                return;
            }
            covered = writes;
            target = channel();
        }
        try {
            target.force(false);
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            synchronized (this) {
                syncFailed = true;
            }
            throw e;
        }
        synchronized (this) {
            writesForced = Math.max(writesForced, covered);
        }
    }

    /** Gives the descriptor back until something is written or read again. */
    synchronized void release() throws IOException {
        closeChannel();
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        closeChannel();
    }

    private void closeChannel() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }
}
