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

    static SearchTuning of(VectorConfig config) {
        return config.engine() == IndexEngine.NATIVE
                ? forCodes(CodeKernels.paddedLength(config.dimension()))
                : forDimension(config.dimension());
    }

    /**
     * Measured with hnswlib-core: one candidate costs about 2.5 microseconds, most of it not distances,
     * against 12 ns a row of 128 dimensions, 48 ns of 384, 110 ns of 768. In doubt for the scan, which is
     * exact.
     */
    static SearchTuning forDimension(int dimension) {
        return new SearchTuning(30 + 10_000.0 / dimension, 0.2, 1_000);
    }

    /**
     * Measured with the native engine and its scan by codes: one candidate costs 0.52 microseconds at 128
     * dimensions and 0.47 at 384, a row scanned 13 ns and 18 ns.
     *
     * @param length bytes of a row of codes
     */
    static SearchTuning forCodes(int length) {
        return new SearchTuning(20 + 5_000.0 / (200 + length), 0.2, 1_000);
    }
}
