package io.forebay.index.vector;

/**
 * A graph over vectors that are named by their ordinals: what every engine promises to {@link VectorSegment}.
 *
 * <p>Threads: {@link #add} and {@link #search} may be called by any number of threads at once; a search that
 * runs beside adds sees some of them, never half of one, and never fails because of them.
 *
 * <p>Invariants: vectors and queries come padded ({@link DistanceKernels#paddedLength}) and, for cosine,
 * normalised. An ordinal is added at most once and never taken out: dead ones are the caller's affair, who
 * filters them and builds a fresh index when they are too many. The index makes room for itself as it grows.
 *
 * <p>Failure: if {@code add} throws, the ordinal may or may not be found by later searches; all others still
 * are.
 */
interface VectorIndex extends AutoCloseable {

    /** Adds one vector; the index keeps the array, the caller must not change it afterwards. */
    void add(int ordinal, float[] vector);

    /**
     * The ordinals of up to {@code k} nearest, nearest first.
     *
     * @param ef how many candidates the search keeps; at least {@code k} are kept whatever it says
     */
    int[] search(float[] query, int k, int ef);

    /** Number of ordinals added. */
    int size();

    /** Makes room for this many ordinals in one step; growing by itself costs more, never less. */
    void reserve(int ordinals);

    @Override
    void close();
}
