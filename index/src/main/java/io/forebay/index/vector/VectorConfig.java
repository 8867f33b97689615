package io.forebay.index.vector;

import io.forebay.model.Space;

/**
 * What a vector segment is made with. {@code efSearch} is only the first value: it may be changed while the
 * segment is open, and by each query.
 */
public record VectorConfig(int dimension, Space space, int maxNeighbors, int efConstruction, int efSearch,
        IndexEngine engine) {

    /** Rows are addressed with 32-bit float counts inside the kernels; far above any real embedding. */
    static final int DIMENSION_MAX = 1 << 16;

    /** With the default engine. */
    public VectorConfig(int dimension, Space space, int maxNeighbors, int efConstruction, int efSearch) {
        this(dimension, space, maxNeighbors, efConstruction, efSearch, IndexEngine.NATIVE);
    }

    public VectorConfig {
        require(dimension >= 1 && dimension <= DIMENSION_MAX, "dimension", dimension);
        require(maxNeighbors >= 2, "maxNeighbors", maxNeighbors);
        require(efConstruction >= 1, "efConstruction", efConstruction);
        require(efSearch >= 1, "efSearch", efSearch);
    }

    private static void require(boolean holds, String name, int value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " out of range: " + value);
        }
    }
}
