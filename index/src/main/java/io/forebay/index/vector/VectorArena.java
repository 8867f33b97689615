package io.forebay.index.vector;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The vectors of one collection by ordinal, append-only, as float32 rows in a mapped file, and beside it a
 * file with the record number and the checksum of each row.
 *
 * <p>Threads: one appender; {@link #rows} is read by anyone after the appender published it; {@link #force}
 * by anyone.
 *
 * <p>Invariants: a row below the committed count is never written again. Rows past it are leftovers of a
 * crash or of a write that was taken back, and are overwritten.
 *
 * <p>Failure: an append that fails may leave bytes past the count; nothing refers to them. Rows whose
 * checksum does not match are named by {@link #damaged} and the rest goes on.
 *
 * <p>Format: two {@link ArenaFile}s, little-endian.
 * <pre>
 *  arena.vectors   header 4,096 bytes, rows:    | float32 * dimension | zeros up to a multiple of 64 bytes |
 *  arena.columns   header    64 bytes, entries: | record number (4) | crc32c of row and record number (4) |
 * </pre>
 * The padding is part of the checksum because the kernels read it.
 */
final class VectorArena implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(VectorArena.class);

    static final int VECTORS_HEADER_BYTES = 4096;
    static final int COLUMNS_HEADER_BYTES = 64;
    static final int COLUMN_BYTES = 8;

    private static final String VECTORS_FILE = "arena.vectors";
    private static final String COLUMNS_FILE = "arena.columns";
    private static final long VECTORS_MAGIC = 0x3152_4f54_4345_5646L; // "FVECTOR1"
    private static final long COLUMNS_MAGIC = 0x314d_554c_4f43_5646L; // "FVCOLUM1"
    private static final int CHUNK_BYTES = 256 << 10;

    private final Path directory;
    private final ArenaFile vectors;
    private final ArenaFile columns;
    private final int dimension;
    private final int strideBytes;
    private final boolean withNorms;
    private final RoaringBitmap damaged = new RoaringBitmap();
    private float[] inverseNorms = new float[0];
    private volatile boolean directorySynced;

    private VectorArena(Path directory, int dimension, boolean withNorms) {
        this.directory = directory;
        this.dimension = dimension;
        this.strideBytes = Float.BYTES * DistanceKernels.paddedLength(dimension);
        this.withNorms = withNorms;
        this.vectors = new ArenaFile(directory.resolve(VECTORS_FILE), VECTORS_MAGIC, VECTORS_HEADER_BYTES,
                dimension,
                strideBytes);
        this.columns = new ArenaFile(directory.resolve(COLUMNS_FILE), COLUMNS_MAGIC, COLUMNS_HEADER_BYTES,
                dimension,
                COLUMN_BYTES);
    }

    /** Opens or creates the files and checks every row below {@code committed}. */
    static VectorArena open(Path directory, int dimension, boolean withNorms, int committed)
            throws IOException {
        Files.createDirectories(directory);
        VectorArena arena = new VectorArena(directory, dimension, withNorms);
        try {
            arena.vectors.open(committed);
            arena.columns.open(committed);
            if (committed > 0) {
                arena.reserve(committed);
                arena.check(committed);
            }
            // Thousands of collections may be open and idle: they keep mappings, not descriptors.
            arena.vectors.release();
            arena.columns.release();
            return arena;
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    static void delete(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve(VECTORS_FILE));
        Files.deleteIfExists(directory.resolve(COLUMNS_FILE));
    }

    /**
     * Reads through the channel, not the mapping: an unreadable block is then an exception and not a fault.
     */
    private void check(int committed) throws IOException {
        int chunkRows = Math.max(1, CHUNK_BYTES / strideBytes);
        for (int first = 0; first < committed; first += chunkRows) {
            int end = Math.min(first + chunkRows, committed);
            try {
                checkRows(first, end - first);
            } catch (ClosedChannelException e) {
                throw e;
            } catch (IOException e) {
                LOG.error("{}: ordinals {} to {} cannot be read together", directory, first, end, e);
                for (int ordinal = first; ordinal < end; ordinal++) {
                    checkUnreadable(ordinal);
                }
            }
        }
    }

    private void checkUnreadable(int ordinal) throws IOException {
        try {
            checkRows(ordinal, 1);
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            LOG.error("{}: ordinal {} cannot be read", directory, ordinal, e);
            damaged.add(ordinal);
        }
    }

    private void checkRows(int first, int count) throws IOException {
        ByteBuffer rowBytes = littleEndian(count * strideBytes);
        ByteBuffer columnBytes = littleEndian(count * COLUMN_BYTES);
        vectors.readFully(rowBytes, vectors.offset(first));
        columns.readFully(columnBytes, columns.offset(first));
        for (int i = 0; i < count; i++) {
            int row = columnBytes.getInt(i * COLUMN_BYTES);
            if (columnBytes.getInt(i * COLUMN_BYTES + 4) != crc(rowBytes.array(), i * strideBytes, row)) {
                damaged.add(first + i);
            }
            keepNorm(first + i, rowBytes, i * strideBytes);
        }
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void keepNorm(int ordinal, ByteBuffer rowBytes, int at) {
        if (withNorms) {
            float[] vector = new float[dimension];
            rowBytes.slice(at, strideBytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
            inverseNorms[ordinal] = PreparedQuery.inverseNorm(vector, dimension);
        }
    }

    private int crc(byte[] bytes, int offset, int rowNumber) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, strideBytes);
        crc.update(rowNumber);
        crc.update(rowNumber >>> 8);
        crc.update(rowNumber >>> 16);
        crc.update(rowNumber >>> 24);
        return (int) crc.getValue();
    }

    /** Ordinals that failed their checksum at open; not to be changed. */
    RoaringBitmap damaged() {
        return damaged;
    }

    ArenaRows rows() {
        return new ArenaRows(vectors.mapping(), columns.mapping(), inverseNorms, dimension);
    }

    private void reserve(int count) throws IOException {
        vectors.reserve(count);
        columns.reserve(count);
        if (withNorms && inverseNorms.length < count) {
            inverseNorms = Arrays.copyOf(inverseNorms,
                    (int) Math.min(Integer.MAX_VALUE - 8, Math.max(count, 2L
                            * inverseNorms.length)));
        }
    }

    /**
     * Writes {@code count} rows so that they begin at ordinal {@code first}; the source keeps its position.
     */
    void write(int first, ByteBuffer source, int[] rowNumbers, int count) throws IOException {
        reserve(first + count);
        ByteBuffer from = source.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int chunkRows = Math.min(count, Math.max(1, CHUNK_BYTES / strideBytes));
        ByteBuffer rowBytes = littleEndian(chunkRows * strideBytes);
        ByteBuffer columnBytes = littleEndian(chunkRows * COLUMN_BYTES);
        for (int done = 0; done < count; done += chunkRows) {
            int rows = Math.min(chunkRows, count - done);
            columnBytes.clear();
            for (int i = 0; i < rows; i++) {
                int at = i * strideBytes;
                from.get(rowBytes.array(), at, dimension * Float.BYTES);
                keepNorm(first + done + i, rowBytes, at);
                int rowNumber = rowNumbers[done + i];
                columnBytes.putInt(rowNumber).putInt(crc(rowBytes.array(), at, rowNumber));
            }
            vectors.writeEntries(rowBytes.clear().limit(rows * strideBytes), first + done);
            columns.writeEntries(columnBytes.flip(), first + done);
        }
    }

    long diskBytes(int count) {
        return VECTORS_HEADER_BYTES + COLUMNS_HEADER_BYTES + (long) count * (strideBytes + COLUMN_BYTES);
    }

    void force() throws IOException {
        vectors.force();
        columns.force();
        if (!directorySynced) {
            // The files are new: their names must survive as well.
            syncNames(directory);
            Path parent = directory.toAbsolutePath().getParent();
            if (parent != null) {
                syncNames(parent);
            }
            directorySynced = true;
        }
    }

    private static void syncNames(Path directory) throws IOException {
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        try (columns) {
            vectors.close();
        }
    }
}
