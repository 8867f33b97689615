package io.forebay.index.vector;

import io.forebay.model.Space;

/**
 * A query made ready for the kernels: padded, and of unit length for cosine.
 *
 * @param padded length {@link DistanceKernels#paddedLength}; not to be changed
 * @param zero cosine of a zero vector: it is at distance 1 from everything, so only the ordinals decide
 */
@SuppressWarnings("ArrayRecordComponent")
record PreparedQuery(float[] padded, Space space, boolean zero) {

    /** Between these norms, products of a unit vector with a row neither overflow nor lose their digits. */
    private static final double NORM_MIN = 1e-30;
    private static final double NORM_MAX = 1e37;

    static PreparedQuery of(float[] query, VectorConfig config) {
        if (query.length != config.dimension()) {
            throw new IllegalArgumentException(
                    "query has " + query.length + " dimensions, the collection " + config.dimension());
        }
        float[] padded = new float[DistanceKernels.paddedLength(config.dimension())];
        System.arraycopy(query, 0, padded, 0, query.length);
        boolean zero = config.space() == Space.COSINE && !normalize(padded, query.length);
        return new PreparedQuery(padded, config.space(), zero);
    }

    /** Divides by the norm; false, and unchanged, if that is zero. */
    static boolean normalize(float[] vector, int dimension) {
        double norm = Math.sqrt(ScalarKernels.dot(vector, vector, dimension));
        if (norm == 0) {
            return false;
        }
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) (vector[i] / norm);
        }
        return true;
    }

    /**
     * 1 / norm of a row whose squared norm a kernel found; 0 for a zero vector, NaN when single precision is
     * not enough for products with this row.
     */
    static float inverseNorm(float norm2, long row, int length) {
        if (norm2 > 1e-20f && norm2 < 1e30f) {
            return (float) (1 / Math.sqrt(norm2));
        }
        double norm = Math.sqrt(ScalarKernels.norm2Row(row, length));
        if (norm == 0) {
            return 0;
        }
        return norm >= NORM_MIN && norm <= NORM_MAX ? (float) (1 / norm) : Float.NaN;
    }
}
