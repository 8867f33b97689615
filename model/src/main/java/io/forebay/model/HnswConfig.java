package io.forebay.model;

/**
 * The settings of a collection's vector index, with Chroma's names and defaults. {@code numThreads},
 * {@code batchSize}, {@code syncThreshold} and {@code resizeFactor} are kept and answered for Chroma's clients;
 * Forebay schedules linking by itself.
 */
public record HnswConfig(Space space, int efConstruction, int efSearch, int maxNeighbors, int numThreads,
        int batchSize, int syncThreshold, double resizeFactor) {
    public static final HnswConfig DEFAULT = of(Space.L2);

    public static HnswConfig of(Space space) {
        return new HnswConfig(space, 100, 100, 16, Runtime.getRuntime().availableProcessors(), 100, 1000,
                1.2);
    }
}
