package io.forebay.index.vector;

import io.forebay.model.file.DurableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Version 1 of the arena, read only: all rows in {@code arena.vectors}, all columns in {@code arena.columns}.
 * A segment that has them is rewritten into blocks when it is opened.
 *
 * <p>Threads: one owner.
 *
 * <p>Invariants: the old files go only when all blocks and their names are on disk, the columns first: so old
 * vectors without columns but beside blocks are what a crash left of a rewriting that was done. Before that
 * point it begins anew. Rows and checksums are copied as they are: what was damaged stays so.
 *
 * <p>Failure: needs as much room again as the live blocks have; on a full disk the segment does not open and
 * nothing is lost.
 *
 * <p>Format: little-endian.
 * <pre>
 *  arena.vectors   header 4,096 bytes, then the rows as in {@link ArenaLayout}
 *  arena.columns   header    64 bytes, then the columns
 *  header          magic (8) | version 1 (4) | dimension (4) | entry bytes (4) | reserved (8) | crc32c (4)
 * </pre>
 */
final class OldArena implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OldArena.class);

    private static final String VECTORS_FILE = "arena.vectors";
    private static final String COLUMNS_FILE = "arena.columns";
    private static final long VECTORS_MAGIC = 0x3152_4f54_4345_5646L; // "FVECTOR1"
    private static final long COLUMNS_MAGIC = 0x314d_554c_4f43_5646L; // "FVCOLUM1"
    private static final int VECTORS_HEADER_BYTES = 4096;
    private static final int COLUMNS_HEADER_BYTES = 64;
    private static final int CHUNK_BYTES = 1 << 20;

    private final FileChannel vectors;
    private final FileChannel columns;

    private OldArena(FileChannel vectors, FileChannel columns) {
        this.vectors = vectors;
        this.columns = columns;
    }

    /** True if there are old files that were not rewritten yet. */
    static boolean isToBeRead(Path directory) throws IOException {
        return Files.exists(directory.resolve(VECTORS_FILE))
                && (Files.exists(directory.resolve(COLUMNS_FILE))
                        || VectorArena.blockNumbers(directory).isEmpty());
    }

    /** Without columns every row counts as damaged: the vectors stand in for them, and match nothing. */
    static OldArena open(Path directory, ArenaLayout layout) throws IOException {
        Path vectorsPath = directory.resolve(VECTORS_FILE);
        Path columnsPath = directory.resolve(COLUMNS_FILE);
        boolean withColumns = Files.exists(columnsPath);
        FileChannel vectors = FileChannel.open(vectorsPath, StandardOpenOption.READ);
        try {
            checkShape(vectors, vectorsPath, VECTORS_MAGIC, layout.dimension(), layout.strideBytes());
            if (!withColumns) {
                return new OldArena(vectors, vectors);
            }
            FileChannel columns = FileChannel.open(columnsPath, StandardOpenOption.READ);
            try {
                checkShape(columns, columnsPath, COLUMNS_MAGIC, layout.dimension(), ArenaLayout.COLUMN_BYTES);
                return new OldArena(vectors, columns);
            } catch (IOException | RuntimeException e) {
                columns.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            vectors.close();
            throw e;
        }
    }

    private static void checkShape(FileChannel file, Path path, long magic, int dimension, int entryBytes)
            throws IOException {
        ByteBuffer found = ArenaLayout.emptyHeader();
        StoredRows.readFully(file, found, 0);
        boolean whole = found.getLong(0) == magic && found.getInt(28) == ArenaLayout.headerCrc(found);
        if (whole && (found.getInt(8) != 1 || found.getInt(12) != dimension
                || found.getInt(16) != entryBytes)) {
            throw new IOException(
                    "%s was made for another shape: version %d, dimension %d, entries of %d bytes".formatted(
                            path, found.getInt(8), found.getInt(12), found.getInt(16)));
        }
    }

    StoredRows stored() {
        return new StoredRows(vectors, VECTORS_HEADER_BYTES, columns, COLUMNS_HEADER_BYTES, 0);
    }

    static void delete(Path directory) throws IOException {
        if (Files.deleteIfExists(directory.resolve(COLUMNS_FILE))) {
            DurableFiles.syncNames(directory);
        }
        Files.deleteIfExists(directory.resolve(VECTORS_FILE));
    }

    /** Rewrites the old files into blocks, if they are there, and removes them. */
    static void convert(Path directory, ArenaLayout layout, int committed, DeadSet dead) throws IOException {
        if (committed > 0 && isToBeRead(directory)) {
            LOG.info("{}: {} vectors are rewritten into blocks", directory, committed);
            try (OldArena old = open(directory, layout)) {
                for (int block = 0; block < ArenaLayout.blocksFor(committed); block++) {
                    int first = ArenaLayout.firstOf(block);
                    int end = ArenaLayout.endOf(block, committed);
                    if (!dead.containsAll(first, end)) {
                        old.copyBlock(directory, layout, block, first, end);
                    }
                }
            }
            DurableFiles.syncNames(directory);
        }
        delete(directory);
    }

    private void copyBlock(Path directory, ArenaLayout layout, int block, int first, int end)
            throws IOException {
        int chunkRows = Math.min(end - first, Math.max(1, CHUNK_BYTES / layout.strideBytes()));
        ByteBuffer rows = littleEndian(chunkRows * layout.strideBytes());
        ByteBuffer entries = littleEndian(chunkRows * ArenaLayout.COLUMN_BYTES);
        try (BlockFile target = BlockFile.create(directory, layout, block, 0)) {
            for (int from = first; from < end; from += chunkRows) {
                int to = Math.min(end, from + chunkRows);
                if (canRead(layout, from, to, rows, entries)) {
                    write(target, rows, entries, from - first);
                    continue;
                }
                for (int ordinal = from; ordinal < to; ordinal++) {
                    if (canRead(layout, ordinal, ordinal + 1, rows, entries)) {
                        write(target, rows, entries, ordinal - first);
                    }
                }
            }
            target.force();
        }
    }

    private boolean canRead(ArenaLayout layout, int from, int to, ByteBuffer rows, ByteBuffer entries)
            throws IOException {
        try {
            stored().read(layout, from, to - from, rows, entries);
            return true;
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            LOG.error("ordinals {} to {} cannot be read", from, to, e);
            return false;
        }
    }

    private static void write(BlockFile target, ByteBuffer rows, ByteBuffer entries, int index)
            throws IOException {
        target.beginWrite();
        try {
            target.write(rows, entries, index);
        } finally {
            target.endWrite();
        }
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() throws IOException {
        try (columns) {
            vectors.close();
        }
    }
}
