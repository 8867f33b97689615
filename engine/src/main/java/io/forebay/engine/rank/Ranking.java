package io.forebay.engine.rank;

import io.forebay.model.Rank;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * Evaluates a rank expression over what its {@code $knn} found: the candidates are all records found by any of them.
 *
 * <p>Arithmetic follows IEEE 754: what is divided by zero is infinite or NaN, as is the logarithm of what is not positive;
 * NaN comes last.
 *
 * <p>Threads: none of its own; an object per evaluation.
 */
public final class Ranking {
    private final int[] candidates;
    private final Iterator<Found> found;

    private Ranking(List<Found> found) {
        this.candidates = union(found);
        this.found = found.iterator();
    }

    /** The {@code $knn} of an expression, from left to right. */
    public static List<Rank.Knn> knns(Rank rank) {
        List<Rank.Knn> knns = new ArrayList<>();
        collect(rank, knns);
        return knns;
    }

    private static void collect(Rank rank, List<Rank.Knn> knns) {
        switch (rank) {
            case Rank.Knn knn -> knns.add(knn);
            case Rank.Folded folded -> folded.operands().forEach(operand -> collect(operand, knns));
            case Rank.Paired paired -> {
                collect(paired.left(), knns);
                collect(paired.right(), knns);
            }
            case Rank.Applied applied -> collect(applied.operand(), knns);
            case Rank.Value ignored -> {
            }
        }
    }

    /** Puts what has equal distances into the order of its rows, as {@link Found} wants it. */
    public static Found found(int[] rows, float[] distances) {
        Ranked.orderTies(rows, distances);
        return new Found(rows, distances);
    }

    /** @param found of each of {@link #knns}, in their order */
    public static Ranked evaluate(Rank rank, List<Found> found) {
        Ranking ranking = new Ranking(found);
        Scores scores = ranking.evaluate(rank);
        int[] rows = new int[scores.supported.cardinality()];
        float[] values = new float[rows.length];
        int at = 0;
        for (int i = scores.supported.nextSetBit(0); i >= 0; i = scores.supported.nextSetBit(i + 1)) {
            rows[at] = ranking.candidates[i];
            values[at++] = scores.values[i];
        }
        return Ranked.sorted(rows, values);
    }

    private Scores evaluate(Rank rank) {
        return switch (rank) {
            case Rank.Value value -> Scores.constant(value.value(), candidates.length);
            case Rank.Knn knn -> Scores.of(knn, found.next(), candidates);
            case Rank.Folded folded -> {
                Scores total = Scores.constant(neutral(folded.fold()), candidates.length);
                for (Rank operand : folded.operands()) {
                    total = total.fold(folded.fold(), evaluate(operand));
                }
                yield total;
            }
            case Rank.Paired paired -> {
                Scores left = evaluate(paired.left());
                yield left.pair(paired.pair(), evaluate(paired.right()));
            }
            case Rank.Applied applied -> evaluate(applied.operand()).apply(applied.function());
        };
    }

    private static float neutral(Rank.Fold fold) {
        return switch (fold) {
            case SUM -> 0;
            case MUL -> 1;
            case MAX -> -Float.MAX_VALUE;
            case MIN -> Float.MAX_VALUE;
        };
    }

    private static int[] union(List<Found> found) {
        int[] all = new int[found.stream().mapToInt(one -> one.rows().length).sum()];
        int count = 0;
        for (Found one : found) {
            System.arraycopy(one.rows(), 0, all, count, one.rows().length);
            count += one.rows().length;
        }
        Arrays.sort(all);
        int distinct = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || all[i] != all[i - 1]) {
                all[distinct++] = all[i];
            }
        }
        return Arrays.copyOf(all, distinct);
    }
}
