package io.forebay.index.vector;

/**
 * How one search is done.
 *
 * @param ef width of the graph search; 0 = as configured
 * @param skipTail leave out what is applied but not linked (read level {@code index_only})
 */
public record SearchOptions(int ef, boolean skipTail) {

    /** As configured, the tail included. */
    public static final SearchOptions DEFAULT = new SearchOptions(0, false);

    public SearchOptions {
        if (ef < 0) {
            throw new IllegalArgumentException("ef out of range: " + ef);
        }
    }
}
