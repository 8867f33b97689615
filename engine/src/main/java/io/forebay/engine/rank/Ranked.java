package io.forebay.engine.rank;

import java.util.Arrays;

/** Rows with their scores, in the order in which they are answered. */
@SuppressWarnings("ArrayRecordComponent")
public record Ranked(int[] rows, float[] scores) {

    /** Without a rank: the score is the place in the answer. */
    public static Ranked inOrder(int[] rows) {
        float[] scores = new float[rows.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = i;
        }
        return new Ranked(rows, scores);
    }

    /** By score, of equal scores the lower row first; NaN comes last. */
    static Ranked sorted(int[] rows, float[] scores) {
        long[] keys = new long[rows.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = (long) ordered(Float.floatToIntBits(scores[i])) << 32 | rows[i];
        }
        Arrays.sort(keys);
        int[] sortedRows = new int[keys.length];
        float[] sortedScores = new float[keys.length];
        for (int i = 0; i < keys.length; i++) {
            sortedRows[i] = (int) keys[i];
            sortedScores[i] = Float.intBitsToFloat(ordered((int) (keys[i] >> 32)));
        }
        return new Ranked(sortedRows, sortedScores);
    }

    /** An int whose order is that of the floats whose bits these are; and back. */
    private static int ordered(int bits) {
        return bits ^ (bits >> 31 & Integer.MAX_VALUE);
    }

    /** Equal distances in order of their rows; what else there is stays where it is. */
    static void orderTies(int[] rows, float[] distances) {
        int from = 0;
        for (int i = 1; i <= rows.length; i++) {
            if (i == rows.length || distances[i] != distances[from]) {
                Arrays.sort(rows, from, i);
                from = i;
            }
        }
    }

    public int size() {
        return rows.length;
    }

    /** @param limit below 0 for none */
    public Ranked slice(int offset, int limit) {
        int from = Math.min(Math.max(offset, 0), rows.length);
        int to = limit < 0 ? rows.length : (int) Math.min((long) from + limit, rows.length);
        return new Ranked(Arrays.copyOfRange(rows, from, to), Arrays.copyOfRange(scores, from, to));
    }

    /** Those at these places, in their order. */
    Ranked at(int[] places) {
        int[] some = new int[places.length];
        float[] theirs = new float[places.length];
        for (int i = 0; i < places.length; i++) {
            some[i] = rows[places[i]];
            theirs[i] = scores[places[i]];
        }
        return new Ranked(some, theirs);
    }
}
