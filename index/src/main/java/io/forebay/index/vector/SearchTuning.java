package io.forebay.index.vector;

/**
 * The measured numbers behind the choices that a segment makes by itself. Tests set others to force a path.
 *
 * @param scanRowsPerCandidate a graph search that keeps one candidate costs as much as scanning this many
 * rows
 * @param rebuildDeadShare a graph with more than this share of dead nodes is built anew
 * @param rebuildNodesMin below this size nothing is gained by that
 */
record SearchTuning(double scanRowsPerCandidate, double rebuildDeadShare, int rebuildNodesMin) {

    /**
     * Measured with hnswlib-core: one candidate costs about 2.5 microseconds, most of it not distances,
     * against 12 ns a row of 128 dimensions, 48 ns of 384, 110 ns of 768. In doubt for the scan, which is
     * exact.
     */
    static SearchTuning forDimension(int dimension) {
        return new SearchTuning(30 + 10_000.0 / dimension, 0.2, 1_000);
    }
}
