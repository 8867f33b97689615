package io.forebay.index.vector;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * The rows of an arena as far as they were written when this was taken.
 *
 * <p>Threads: immutable for ordinals below the count it was taken for; above, memory may change.
 *
 * <p>Invariants: the mappings live at least as long as this object, also when their files are deleted; who
 * uses an {@link #address} fences this object behind its last access. The caller asks only for ordinals below
 * the count of its view: nothing checks that they are inside the mapping.
 */
final class ArenaRows {

    private final MemorySegment[] mappings;
    /** Of the first row of each block, 0 when the block is not there. */
    private final long[] blocks;
    private final int dimension;
    private final long strideBytes;

    /** @param mappings of the blocks by number, {@link MemorySegment#NULL} for one that is not there */
    ArenaRows(MemorySegment[] mappings, ArenaLayout layout) {
        this.mappings = mappings;
        this.dimension = layout.dimension();
        this.strideBytes = layout.strideBytes();
        this.blocks = new long[mappings.length];
        for (int block = 0; block < blocks.length; block++) {
            blocks[block] = mappings[block].address() == 0
                    ? 0
                    : mappings[block].address() + ArenaLayout.ROWS_AT;
        }
    }

    /** The mapping of a block's file from its beginning; {@link MemorySegment#NULL} if it is not there. */
    MemorySegment block(int number) {
        return number < mappings.length ? mappings[number] : MemorySegment.NULL;
    }

    /**
     * The address of a row, aligned to 64 bytes.
     *
     * @throws IllegalStateException if its block is not there: it holds only dead or damaged rows
     */
    long address(int ordinal) {
        long block = blocks[ordinal >>> ArenaLayout.BLOCK_BITS];
        if (block == 0) {
            throw new IllegalStateException("the block of ordinal " + ordinal + " is not there");
        }
        return block + (ordinal & ArenaLayout.BLOCK_ROWS - 1) * strideBytes;
    }

    /** Whether the block of this ordinal is there. */
    boolean has(int ordinal) {
        int block = ordinal >>> ArenaLayout.BLOCK_BITS;
        return block < blocks.length && blocks[block] != 0;
    }

    /** 0 for one whose block is not there. */
    int rowNumber(int ordinal) {
        if (!has(ordinal)) {
            return 0;
        }
        long index = ordinal & ArenaLayout.BLOCK_ROWS - 1;
        long block = blocks[ordinal >>> ArenaLayout.BLOCK_BITS] - ArenaLayout.ROWS_AT;
        int row = Memory.ALL.get(Memory.INT,
                block + ArenaLayout.HEADER_BYTES + index * ArenaLayout.COLUMN_BYTES);
        Reference.reachabilityFence(this);
        return row;
    }

    /**
     * Copies the vector into the first {@code dimension} elements of {@code target}; zeros if its block is
     * not there.
     */
    void copy(int ordinal, float[] target) {
        if (!has(ordinal)) {
            java.util.Arrays.fill(target, 0, dimension, 0);
            return;
        }
        MemorySegment.copy(Memory.ALL, Memory.FLOAT, address(ordinal), target, 0, dimension);
        Reference.reachabilityFence(this);
    }
}
