package io.forebay.bench.index;

import java.util.Random;

/** Vectors made by a seeded generator: the same seed, the same vectors. */
final class BenchVectors {
    private static final int INNER_DIMENSION = 16;
    private static final int CLUSTERS = 100;
    private static final int CLUSTER_INNER_DIMENSION = 24;

    private BenchVectors() {}

    /** Points of a 16-dimensional space seen through a random linear map, with some noise. */
    static float[][] lowDimensional(Random random, int rows, int dimension) {
        float[][] map = gaussians(random, INNER_DIMENSION, dimension);
        float[][] matrix = new float[rows][dimension];
        for (float[] row : matrix) {
            fill(random, row, 0.1f);
            addMapped(random, row, map, 1);
        }
        return matrix;
    }

    /**
     * Clusters around random centres, drawn with a skew, so that they differ in size by far; in all of them
     * the vectors vary along the same few directions, with some noise.
     */
    static float[][] clustered(Random random, int rows, int dimension) {
        float[][] centres = gaussians(random, CLUSTERS, dimension);
        float[][] map = gaussians(random, CLUSTER_INNER_DIMENSION, dimension);
        float[][] matrix = new float[rows][dimension];
        for (float[] row : matrix) {
            double skewed = random.nextDouble();
            float[] centre = centres[(int) (skewed * skewed * CLUSTERS)];
            fill(random, row, 0.1f);
            addMapped(random, row, map, 0.2f);
            for (int i = 0; i < dimension; i++) {
                row[i] += centre[i];
            }
        }
        return matrix;
    }

    /** Passes over the same rows again, each moved a tenth of the way towards another one. */
    static float[][] extended(Random random, float[][] rows, int count) {
        float[][] all = new float[count][];
        for (int i = 0; i < count; i++) {
            all[i] = rows[i % rows.length].clone();
            if (i >= rows.length) {
                float[] other = rows[random.nextInt(rows.length)];
                for (int j = 0; j < other.length; j++) {
                    all[i][j] += 0.1f * (other[j] - all[i][j]);
                }
            }
        }
        return all;
    }

    private static void addMapped(Random random, float[] row, float[][] map, float scale) {
        float[] inner = new float[map.length];
        fill(random, inner, scale);
        for (int j = 0; j < inner.length; j++) {
            for (int i = 0; i < row.length; i++) {
                row[i] += inner[j] * map[j][i];
            }
        }
    }

    private static float[][] gaussians(Random random, int rows, int dimension) {
        float[][] matrix = new float[rows][dimension];
        for (float[] row : matrix) {
            fill(random, row, 1);
        }
        return matrix;
    }

    private static void fill(Random random, float[] target, float scale) {
        for (int i = 0; i < target.length; i++) {
            target[i] = scale * (float) random.nextGaussian();
        }
    }
}
