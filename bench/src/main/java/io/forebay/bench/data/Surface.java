package io.forebay.bench.data;

import java.util.Random;

/** What the points of a {@link Synthetic} set lie on: maps from an inner space into that of the vectors. Immutable. */
final class Surface {
    /** Waves for each inner dimension; their lengths are some widths of the inner cube. */
    private static final int WAVES = 2;
    private static final double WAVE_HEIGHT = 0.3;

    private final Synthetic settings;
    /** One map for a flat or a curved surface, one for each cluster. */
    private final float[][][] maps;
    private final float[][] centres;
    private final float[][] directions;
    private final float[] phases;
    private final float[][] waves;

    private Surface(Synthetic settings, Random random) {
        this.settings = settings;
        int inner = settings.intrinsic();
        boolean clusters = settings.shape() == Synthetic.Shape.CLUSTERS;
        maps = new float[clusters ? settings.clusters() : 1][][];
        for (int i = 0; i < maps.length; i++) {
            maps[i] = gaussians(random, inner, settings.dimension(), 1 / Math.sqrt(inner));
        }
        centres = gaussians(random, clusters ? settings.clusters() : 0, settings.dimension(), 2);
        int count = settings.shape() == Synthetic.Shape.SMOOTH ? WAVES * inner : 0;
        directions = gaussians(random, count, inner, 1);
        waves = gaussians(random, count, settings.dimension(), WAVE_HEIGHT / Math.sqrt(Math.max(1, count)));
        phases = new float[count];
        for (int i = 0; i < count; i++) {
            phases[i] = (float) (2 * Math.PI * random.nextDouble());
        }
    }

    static Surface of(Synthetic settings, Random random) {
        return new Surface(settings, random);
    }

    float[] point(Random random) {
        double skewed = random.nextDouble();
        int cluster = (int) (skewed * skewed * maps.length);
        double[] inner = new double[settings.intrinsic()];
        for (int i = 0; i < inner.length; i++) {
            // The cube has the deviation of the Gaussian.
            inner[i] = settings.shape() == Synthetic.Shape.SMOOTH
                    ? (random.nextDouble() - 0.5) * Math.sqrt(12)
                    : random.nextGaussian();
        }
        double[] sum = new double[settings.dimension()];
        for (int i = 0; i < inner.length; i++) {
            add(sum, maps[cluster][i], inner[i]);
        }
        for (int wave = 0; wave < waves.length; wave++) {
            double angle = phases[wave];
            for (int i = 0; i < inner.length; i++) {
                angle += directions[wave][i] * inner[i];
            }
            add(sum, waves[wave], Math.sin(angle));
        }
        float[] point = new float[sum.length];
        for (int i = 0; i < point.length; i++) {
            double centre = centres.length == 0 ? 0 : centres[cluster][i];
            point[i] = (float) (centre + sum[i] + settings.noise() * random.nextGaussian());
        }
        return point;
    }

    private static void add(double[] sum, float[] direction, double times) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += times * direction[i];
        }
    }

    private static float[][] gaussians(Random random, int rows, int columns, double scale) {
        float[][] all = new float[rows][columns];
        for (float[] row : all) {
            for (int i = 0; i < columns; i++) {
                row[i] = (float) (scale * random.nextGaussian());
            }
        }
        return all;
    }
}
