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
    /** Beyond these a graph would take the machine's memory, or its building for ever. */
    static final int NEIGHBORS_MAX = 2048;
    /** Also of the search of one query. */
    public static final int WIDTH_MAX = 100_000;

    /** With the default engine. */
    public VectorConfig(int dimension, Space space, int maxNeighbors, int efConstruction, int efSearch) {
        this(dimension, space, maxNeighbors, efConstruction, efSearch, IndexEngine.NATIVE);
    }

    public VectorConfig {
        require(dimension, 1, DIMENSION_MAX, "dimension");
        require(maxNeighbors, 2, NEIGHBORS_MAX, "max_neighbors");
        require(efConstruction, 1, WIDTH_MAX, "ef_construction");
        require(efSearch, 1, WIDTH_MAX, "ef_search");
    }

    private static void require(int value, int min, int max, String name) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    "%s: %d is not in the range %d to %d".formatted(name, value, min, max));
        }
    }
}
