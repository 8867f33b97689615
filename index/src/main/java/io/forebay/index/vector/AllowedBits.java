package io.forebay.index.vector;

import java.util.Arrays;
import org.roaringbitmap.ContainerPointer;
import org.roaringbitmap.RoaringBitmap;

/**
 * The ordinals that a filter allows as plain words: a walk asks thousands of times whether one is among them,
 * which a RoaringBitmap answers by a search each.
 *
 * <p>Threads: one owner, who fills it anew for each walk.
 */
final class AllowedBits {

    private static final int CONTAINER_BITS = 16;
    private static final int CONTAINER_WORDS = 1 << CONTAINER_BITS - 6;
    /** A larger array is not kept for the next walk. */
    private static final int KEPT_MAX = 1 << 17;

    private long[] words = new long[0];
    private int[] cardinalities = new int[0];
    private int end;

    /** Takes over the members below {@code limit} that are not hidden. */
    void set(RoaringBitmap allowed, DeadSet hidden, int limit) {
        end = limit;
        int containers = (int) (((long) limit + (1 << CONTAINER_BITS) - 1) >>> CONTAINER_BITS);
        int length = containers * CONTAINER_WORDS;
        if (words.length < length || words.length > KEPT_MAX) {
            words = new long[length];
        } else {
            Arrays.fill(words, 0, length, 0);
        }
        cardinalities = new int[containers];
        ContainerPointer at = allowed.getContainerPointer();
        while (at.getContainer() != null && at.key() < containers) {
            at.getContainer().copyBitmapTo(words, at.key() * CONTAINER_WORDS);
            int removed = hidden.removeFrom(words, at.key());
            cardinalities[at.key()] = at.getCardinality() - removed;
            at.advance();
        }
    }

    /** Members are below this; the words tell nothing of others. */
    int end() {
        return end;
    }

    long[] words() {
        return words;
    }

    boolean contains(int ordinal) {
        return ordinal < end && (words[ordinal >>> 6] & 1L << ordinal) != 0;
    }

    /** Puts about so many members, evenly spread among them all, into {@code out}; returns how many. */
    int sample(int wanted, int[] out) {
        long total = 0;
        for (int cardinality : cardinalities) {
            total += cardinality;
        }
        int found = 0;
        long before = 0;
        // The rank of the next one, in the middle of its share.
        long rank = total / wanted >>> 1;
        for (int container = 0; container < cardinalities.length && found < wanted; container++) {
            long after = before + cardinalities[container];
            int word = container * CONTAINER_WORDS;
            int last = word + CONTAINER_WORDS;
            while (rank < after && word < last && found < wanted) {
                int inWord = Long.bitCount(words[word]);
                if (rank < before + inWord) {
                    int ordinal = (word << 6) + select(words[word], (int) (rank - before));
                    if (ordinal < end) {
                        out[found++] = ordinal;
                    }
                    rank += Math.max(1, total / wanted);
                } else {
                    before += inWord;
                    word++;
                }
            }
            before = after;
        }
        return found;
    }

    /** Number of the bit that has so many set ones below it. */
    private static int select(long word, int below) {
        long rest = word;
        for (int i = 0; i < below; i++) {
            rest &= rest - 1;
        }
        return Long.numberOfTrailingZeros(rest);
    }
}
