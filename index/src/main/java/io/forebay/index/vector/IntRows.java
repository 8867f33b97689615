package io.forebay.index.vector;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows of ints outside the heap, all of one width, in chunks that come into being as rows are asked for; fresh
 * rows are all -1. Nothing ever moves, so rows may be read and written while others are added.
 *
 * <p>Chunks: 16 rows, 16, 32, 64, up to 2,048, then 4,096 each, so that a collection of a few records costs
 * little. An address is that of row 0 as if its chunk began there, plus the row times its width.
 *
 * <p>Threads: {@link #address} by any; {@link #reserve} by one at a time, beside them. Whoever reads rows that
 * others write gets ints that were written some time, each whole.
 */
final class IntRows {

    static final int CHUNK_BITS = 12;
    static final int CHUNK_ROWS = 1 << CHUNK_BITS;
    private static final int FIRST_BITS = 4;
    private static final int SMALL_CHUNKS = CHUNK_BITS - FIRST_BITS;

    /** Published together; the table has the origins outside the heap. */
    @SuppressWarnings("ArrayRecordComponent")
    record Chunks(long[] origins, @Nullable MemorySegment[] owners, MemorySegment table) {

        static Chunks of(long[] origins, @Nullable MemorySegment[] owners) {
            return new Chunks(origins, owners, Memory.tableOf(origins));
        }
    }

    private static final Chunks EMPTY = Chunks.of(new long[0], new MemorySegment[0]);

    private final int width;
    private volatile Chunks chunks = EMPTY;

    IntRows(int width) {
        this.width = width;
    }

    Chunks chunks() {
        return chunks;
    }

    int width() {
        return width;
    }

    private static int chunk(int row) {
        if (row >= CHUNK_ROWS) {
            return SMALL_CHUNKS + (row >>> CHUNK_BITS);
        }
        return Integer.SIZE - Integer.numberOfLeadingZeros(row >>> FIRST_BITS);
    }

    private static int firstRow(int chunk) {
        if (chunk > SMALL_CHUNKS) {
            return chunk - SMALL_CHUNKS << CHUNK_BITS;
        }
        return chunk == 0 ? 0 : 1 << FIRST_BITS + chunk - 1;
    }

    /** Where the row begins, or 0 if it does not exist. */
    long address(int row) {
        long[] origins = chunks.origins;
        int chunk = chunk(row);
        if (chunk >= origins.length) {
            return 0;
        }
        long origin = origins[chunk];
        return origin == 0 ? 0 : origin + ((long) row * width << 2);
    }

    boolean has(int row) {
        return address(row) != 0;
    }

    /** Makes sure that this row exists. */
    void reserve(int row) {
        if (has(row)) {
            return;
        }
        Chunks seen = chunks;
        int chunk = chunk(row);
        int size = Math.max(seen.origins.length, chunk + 1);
        long[] origins = Arrays.copyOf(seen.origins, size);
        @Nullable
        MemorySegment[] owners = Arrays.copyOf(seen.owners, size);
        int first = firstRow(chunk);
        int rows = firstRow(chunk + 1) - first;
        MemorySegment fresh = Memory.allocate((long) rows * width << 2, 64);
        fresh.fill((byte) 0xff);
        owners[chunk] = fresh;
        origins[chunk] = fresh.address() - ((long) first * width << 2);
        chunks = Chunks.of(origins, owners);
    }

    long bytes() {
        long bytes = 0;
        for (MemorySegment owner : chunks.owners) {
            bytes += owner == null ? 0 : owner.byteSize();
        }
        return bytes;
    }
}
