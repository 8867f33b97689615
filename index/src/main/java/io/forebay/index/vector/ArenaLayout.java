package io.forebay.index.vector;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Where things lie in a block of the arena: a file {@code block-<number>} with up to {@value #BLOCK_ROWS}
 * rows, and for each of them its record number and its checksum.
 *
 * <p>Threads: immutable.
 *
 * <p>Format: version 2, little-endian; row {@code i} of block {@code n} is ordinal {@code n * 4096 + i}.
 * <pre>
 *  0        8         12          16          20             24         28       32      64
 *  +--------+---------+-----------+-----------+--------------+----------+--------+-------+
 *  | magic  | version | dimension | row bytes | block number | reserved | crc32c | zeros |            header
 *  +--------+---------+-----------+-----------+--------------+----------+--------+-------+
 *  64 + 8 * i:        | record number (4) | crc32c of row and record number (4) |                     columns
 *  36,864 + i * row bytes:  | float32 * dimension | zeros up to a multiple of 64 bytes |                 rows
 * </pre>
 * The header's checksum covers the 28 bytes before it. The padding of a row is part of its checksum because
 * the kernels read it. What was never written is a hole. Constants are part of the format. Version 1 was one
 * pair of files for all rows: {@link OldArena}.
 */
record ArenaLayout(int dimension, int strideBytes) {

    static final int VERSION = 2;
    static final int BLOCK_BITS = 12;
    static final int BLOCK_ROWS = 1 << BLOCK_BITS;
    static final int HEADER_BYTES = 64;
    static final int COLUMN_BYTES = 8;
    /** The first page behind the columns of a full block. */
    static final int ROWS_AT = 36_864;

    private static final long MAGIC = 0x324b_434f_4c42_5646L; // "FVBLOCK2"
    private static final int CRC_AT = 28;
    private static final int HEADER_USED = 32;
    private static final String NAME = "block-";

    static ArenaLayout of(int dimension) {
        return new ArenaLayout(dimension, Float.BYTES * DistanceKernels.paddedLength(dimension));
    }

    static int blockOf(int ordinal) {
        return ordinal >>> BLOCK_BITS;
    }

    static int firstOf(int block) {
        return block << BLOCK_BITS;
    }

    /** How many blocks it takes for so many ordinals. */
    static int blocksFor(int count) {
        return (int) ((count + BLOCK_ROWS - 1L) >>> BLOCK_BITS);
    }

    /** End of the ordinals of a block that are below {@code count}. */
    static int endOf(int block, int count) {
        return (int) Math.min(count, (long) firstOf(block) + BLOCK_ROWS);
    }

    long rowAt(int index) {
        return ROWS_AT + (long) index * strideBytes;
    }

    static long columnAt(int index) {
        return HEADER_BYTES + (long) index * COLUMN_BYTES;
    }

    static Path path(Path directory, int block) {
        return directory.resolve(NAME + "%06d".formatted(block));
    }

    /** The number of the block with this file name, or -1 if it is none. */
    static int numberOf(Path path) {
        String name = path.getFileName().toString();
        if (!name.startsWith(NAME)) {
            return -1;
        }
        try {
            int number = Integer.parseUnsignedInt(name.substring(NAME.length()));
            return path(Path.of(""), number).toString().equals(name) ? number : -1;
        } catch (NumberFormatException notOurs) {
            return -1;
        }
    }

    ByteBuffer header(int block) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_USED).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(0, MAGIC).putInt(8, VERSION).putInt(12, dimension).putInt(16, strideBytes).putInt(20,
                block);
        header.putInt(CRC_AT, headerCrc(header));
        return header;
    }

    /**
     * True if these are the bytes of the header of this block, false if they are damaged.
     *
     * @throws IOException if they are the whole header of something else
     */
    boolean isHeader(ByteBuffer found, int block, Path path) throws IOException {
        if (found.equals(header(block))) {
            return true;
        }
        if (found.getInt(CRC_AT) == headerCrc(found) && found.getLong(0) == MAGIC) {
            throw new IOException(
                    "%s was made for another shape: version %d, dimension %d, rows of %d bytes, block %d"
                            .formatted(path, found.getInt(8), found.getInt(12), found.getInt(16),
                                    found.getInt(20)));
        }
        return false;
    }

    static ByteBuffer emptyHeader() {
        return ByteBuffer.allocate(HEADER_USED).order(ByteOrder.LITTLE_ENDIAN);
    }

    static int headerCrc(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.array(), 0, CRC_AT);
        return (int) crc.getValue();
    }
}
