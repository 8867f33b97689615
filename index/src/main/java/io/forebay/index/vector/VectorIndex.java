package io.forebay.index.vector;

/**
 * A graph over vectors that are named by their ordinals: what every engine promises to {@link VectorSegment}.
 *
 * <p>Threads: {@link #add} and {@link #search} may be called by any number of threads at once; a search that
 * runs beside adds sees some of them, never half of one, and never fails because of them.
 *
 * <p>Invariants: an ordinal is added at most once and never taken out: dead ones are the caller's affair, who
 * filters them and builds a fresh index when they are too many. The index makes room for itself as it grows.
 *
 * <p>Failure: if {@code add} throws, the ordinal may or may not be found by later searches; all others still
 * are.
 */
interface VectorIndex extends AutoCloseable {

    /** Adds the vector of an ordinal that the view holds. */
    void add(VectorView view, int ordinal);

    /** Puts ordinals that will be added one after another into the order that suits this index best. */
    void order(VectorView view, int[] ordinals);

    /**
     * Offers to the scan what is nearest of those that {@code candidates} accepts.
     *
     * @param ef how many nodes the search keeps; at least {@code k} are kept whatever it says
     * @return false if scanning all candidates is the better way; the scan is then of no use any more
     */
    boolean search(PreparedQuery query, VectorView view, int k, int ef, Candidates candidates,
            ExactScan scan);

    /** Number of ordinals added. */
    int size();

    /** Bytes outside the heap. */
    long bytes();

    @Override
    void close();
}
