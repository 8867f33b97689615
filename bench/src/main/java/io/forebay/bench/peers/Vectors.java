package io.forebay.bench.peers;

import io.forebay.model.Space;

/** For peers that have cosine as the inner product of vectors of unit length. */
final class Vectors {
    private Vectors() {}

    /** Gives it unit length where the space is cosine. */
    static void prepare(float[] vector, Space space) {
        if (space != Space.COSINE) {
            return;
        }
        double sum = 0;
        for (float component : vector) {
            sum += (double) component * component;
        }
        float factor = sum == 0 ? 1 : (float) (1 / Math.sqrt(sum));
        for (int i = 0; i < vector.length; i++) {
            vector[i] *= factor;
        }
    }
}
