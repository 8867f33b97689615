package io.forebay.bench.index;

/** One graph over all rows of a set: ours or a peer's. One thread uses it. */
interface Graph extends AutoCloseable {

    /** Links all rows with one thread, once. */
    Times build() throws Exception;

    /**
     * Asks all queries for their nearest, again and again until so much CPU time was used.
     *
     * @param ef width of the search
     */
    Answers search(int ef, double secondsMin) throws Exception;

    @Override
    void close() throws Exception;
}
