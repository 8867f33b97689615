package io.forebay.index.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The rows of an arena as far as they were written when this was taken.
 *
 * <p>Threads: immutable for ordinals below the count it was taken for; above, memory may change.
 */
final class ArenaRows {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment vectors;
    private final MemorySegment columns;
    private final float[] inverseNorms;
    private final int dimension;
    private final int strideBytes;

    ArenaRows(MemorySegment vectors, MemorySegment columns, float[] inverseNorms, int dimension) {
        this.vectors = vectors;
        this.columns = columns;
        this.inverseNorms = inverseNorms;
        this.dimension = dimension;
        this.strideBytes = Float.BYTES * DistanceKernels.paddedLength(dimension);
    }

    /** What the kernels read. */
    MemorySegment vectors() {
        return vectors;
    }

    long offset(int ordinal) {
        return VectorArena.VECTORS_HEADER_BYTES + (long) ordinal * strideBytes;
    }

    /**
     * 1 / norm, 0 for a zero vector, NaN when single precision is not enough for this row; only kept for
     * cosine.
     */
    float inverseNorm(int ordinal) {
        return inverseNorms[ordinal];
    }

    int rowNumber(int ordinal) {
        return columns.get(INT, VectorArena.COLUMNS_HEADER_BYTES + (long) ordinal * VectorArena.COLUMN_BYTES);
    }

    /** Copies the vector into the first {@code dimension} elements of {@code target}. */
    void copy(int ordinal, float[] target) {
        MemorySegment.copy(vectors, FLOAT, offset(ordinal), target, 0, dimension);
    }
}
