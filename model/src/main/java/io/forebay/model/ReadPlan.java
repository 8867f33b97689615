package io.forebay.model;

/**
 * How a read with a filter was done.
 *
 * @param matches    how many records matched; of a page of {@code get}, how many it has
 * @param read       how many records were read to find out; 0 when the index said it all
 * @param throughGraph how many searches walked the graph
 * @param byScan     how many searches scanned what the filter allows
 */
public record ReadPlan(long matches, long read, int throughGraph, int byScan) {

    /** As the header shows it: {@code filter=index; matches=1000; read=0; search=scan}. */
    public String text() {
        return "filter=" + filter() + "; matches=" + matches + "; read=" + read + "; search=" + search();
    }

    /** {@code index}, or {@code records} when some had to be read. */
    public String filter() {
        return read == 0 ? "index" : "records";
    }

    /** {@code none}, {@code graph}, {@code scan} or {@code both}. */
    public String search() {
        return throughGraph > 0 ? byScan > 0 ? "both" : "graph" : byScan > 0 ? "scan" : "none";
    }
}
