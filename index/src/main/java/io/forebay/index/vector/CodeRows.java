package io.forebay.index.vector;

import java.lang.foreign.MemorySegment;

/**
 * The codes of all ordinals below {@link #count}, as of one publish. Chunks of 4,096 rows; a chunk whose
 * ordinals were all dead when it was due is not there (address 0) and never asked for.
 *
 * <p>Threads: immutable below the count.
 */
@SuppressWarnings("ArrayRecordComponent")
record CodeRows(CodeEncoder encoder, long[] chunks, MemorySegment[] owners, int count, int length) {

    static final int CHUNK_BITS = 12;
    static final int CHUNK_ROWS = 1 << CHUNK_BITS;
    static final int SCALAR_BYTES = 8;

    long address(int ordinal) {
        return chunks[ordinal >>> CHUNK_BITS] + (long) (ordinal & (CHUNK_ROWS - 1)) * length;
    }

    /** Address of the two floats of a row: in front of the chunk's rows, going down. */
    static long scalars(long chunk, int ordinal) {
        return chunk - SCALAR_BYTES * (long) ((ordinal & (CHUNK_ROWS - 1)) + 1);
    }

    float add(int ordinal) {
        return Memory.getFloat(scalars(chunks[ordinal >>> CHUNK_BITS], ordinal));
    }

    float scale(int ordinal) {
        return Memory.getFloat(scalars(chunks[ordinal >>> CHUNK_BITS], ordinal) + 4);
    }

    boolean has(int ordinal) {
        return ordinal >= 0 && ordinal < count && chunks[ordinal >>> CHUNK_BITS] != 0;
    }

    long bytes() {
        long bytes = 0;
        for (MemorySegment owner : owners) {
            bytes += owner == null ? 0 : owner.byteSize();
        }
        return bytes;
    }
}
