package io.forebay.index.vector;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.HashSet;

/**
 * The codes of all ordinals below {@link #count}, as of one publish, in chunks of 4,096 rows ({@link CodeStore}).
 *
 * <p>Threads: immutable below the count.
 */
@SuppressWarnings("ArrayRecordComponent")
record CodeRows(CodeEncoder encoder, long[] chunks, MemorySegment chunkTable, MemorySegment[] owners,
        int count,
        int length) {

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
        float add = Memory.getFloat(scalars(chunks[ordinal >>> CHUNK_BITS], ordinal));
        Reference.reachabilityFence(this);
        return add;
    }

    float scale(int ordinal) {
        float scale = Memory.getFloat(scalars(chunks[ordinal >>> CHUNK_BITS], ordinal) + 4);
        Reference.reachabilityFence(this);
        return scale;
    }

    boolean has(int ordinal) {
        return ordinal >= 0 && ordinal < count;
    }

    long bytes() {
        long bytes = 0;
        // The chunk that stands for deleted ones is in it several times.
        for (MemorySegment owner : new HashSet<>(Arrays.asList(owners))) {
            bytes += owner.byteSize();
        }
        return bytes;
    }
}
