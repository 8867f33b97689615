package io.forebay.engine.rank;

import io.forebay.model.Rank;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The value of one expression for each candidate of a search.
 *
 * <p>A candidate is <em>supported</em> when the expression speaks of it: a {@code $knn} of those that it found, a constant
 * of none. An expression is <em>total</em> when it has a value for all the others too. So of two expressions together
 * those candidates are supported that either supports and the other has a value for.
 *
 * <p>Invariants: where a total expression supports a candidate or not, its value is there; where one that is not total
 * does not support it, its value means nothing.
 *
 * <p>Not thread-safe; an operation may reuse the arrays of its operands, which are then gone.
 */
final class Scores {
    final float[] values;
    final BitSet supported;
    private final boolean isTotal;

    private Scores(float[] values, BitSet supported, boolean isTotal) {
        this.values = values;
        this.supported = supported;
        this.isTotal = isTotal;
    }

    static Scores constant(float value, int candidates) {
        float[] values = new float[candidates];
        Arrays.fill(values, value);
        return new Scores(values, new BitSet(), true);
    }

    /** @param candidates all rows of the search, ascending, those found among them */
    static Scores of(Rank.Knn knn, Found found, int[] candidates) {
        Float otherwise = knn.otherwise();
        Scores scores = new Scores(new float[candidates.length], new BitSet(candidates.length),
                otherwise != null);
        if (otherwise != null) {
            Arrays.fill(scores.values, otherwise);
        }
        for (int i = 0; i < found.rows().length; i++) {
            int at = Arrays.binarySearch(candidates, found.rows()[i]);
            scores.supported.set(at);
            scores.values[at] = knn.returnRank() ? i : found.distances()[i];
        }
        return scores;
    }

    Scores fold(Rank.Fold fold, Scores right) {
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (fold) {
                case SUM -> values[i] + right.values[i];
                case MUL -> values[i] * right.values[i];
                case MAX -> larger(values[i], right.values[i]);
                case MIN -> -larger(-values[i], -right.values[i]);
            };
        }
        return with(right);
    }

    /** Of a number and NaN the number. */
    private static float larger(float a, float b) {
        return Float.isNaN(a) ? b : Float.isNaN(b) ? a : Math.max(a, b);
    }

    Scores pair(Rank.Pair pair, Scores right) {
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (pair) {
                case SUB -> values[i] - right.values[i];
                case DIV -> values[i] / right.values[i];
            };
        }
        return with(right);
    }

    Scores apply(Rank.Function function) {
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (function) {
                case ABS -> Math.abs(values[i]);
                case EXP -> (float) Math.exp(values[i]);
                case LOG -> (float) Math.log(values[i]);
            };
        }
        return this;
    }

    /** The support of both, with the values that are here now. */
    private Scores with(Scores right) {
        BitSet both;
        if (isTotal && right.isTotal) {
            both = supported;
            both.or(right.supported);
        } else if (isTotal) {
            both = right.supported;
        } else {
            both = supported;
            if (!right.isTotal) {
                both.and(right.supported);
            }
        }
        return new Scores(values, both, isTotal && right.isTotal);
    }
}
