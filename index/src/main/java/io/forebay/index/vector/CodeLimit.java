package io.forebay.index.vector;

import io.forebay.model.Space;

/**
 * Which distances by codes tell that a row is not among the nearest: those that exceed the exact distance in
 * question by more than codes are wrong.
 *
 * <p>Both sides are rounded, each element by an even share of its side's step s: a variance of s²/12. For
 * {@code l2} and {@code cosine} the error of the squared distance D then has the mean {@code length * (s1² +
 * s2²) / 12} and the deviation {@code 2 sqrt(D (s1² + s2²) / 12)}, half of both for cosine; for {@code ip}
 * there is no mean, and the deviation is that of both products. The row's own step counts, since rows are not
 * alike: a query in the midst of the collection has hardly a step, and the rows around it have.
 *
 * <p>Threads: one owner.
 */
final class CodeLimit {

    /** For a walk: what it did not meet at all costs more recall than one row in a thousand. */
    static final double WALK_DEVIATIONS = 3;
    /** For a scan, which is to be exact: one in millions. */
    static final double SCAN_DEVIATIONS = 5;

    /** The encoder lets no step be greater than ten times this; beyond it codes may say anything. */
    private static final float STEP_MAX = 1e17f;
    /** Products of smaller steps are not usual numbers in single precision. */
    private static final float STEP_MIN = 1e-15f;
    /** Of single precision, some operations one after the other. */
    private static final double ROUNDING = 1e-6;
    private static final double SLOPE = Math.sqrt(1 / 6.0);

    private final Space space;
    private final CodeQuery query;
    private final double unit2;
    private final double deviations;
    private final float curve;
    private float base = Float.POSITIVE_INFINITY;
    private float slope;

    CodeLimit(CodeEncoder encoder, CodeQuery query, double deviations) {
        this.space = encoder.space();
        this.query = query;
        this.unit2 = encoder.unit() * encoder.unit();
        this.deviations = deviations;
        this.curve = space == Space.IP ? 0 : encoder.length() / 24f;
    }

    /** Whether distances from this query are usual numbers. */
    static boolean holdsFor(CodeQuery query) {
        return query.scale < STEP_MAX && query.scale > STEP_MIN && Math.abs(query.add) < STEP_MAX;
    }

    /** From now on the exact distance in question is this one; none is excluded while it is infinite. */
    void set(float exact) {
        double step = query.scale;
        // The steps of l2 hold the factor 2 of its dot product, so that it and cosine become one formula.
        if (space == Space.IP) {
            slope = (float) (deviations * SLOPE * Math.sqrt(query.squared));
            base = (float) ((exact - 1) * unit2 + rounding(exact));
        } else {
            double scaled = space == Space.L2 ? exact * unit2 : exact;
            slope = (float) (deviations * SLOPE * Math.sqrt(Math.max(0, scaled)));
            base = (float) (scaled + slope * step + curve * step * step + rounding(exact));
        }
    }

    private double rounding(float exact) {
        return ROUNDING * (Math.abs(query.add) + Math.abs(exact) * unit2);
    }

    /** Not a number, either here or there, excludes nothing. */
    boolean excludes(float distance, float rowStep) {
        return distance > base + rowStep * (slope + curve * rowStep) && rowStep < STEP_MAX
                && rowStep > STEP_MIN;
    }
}
