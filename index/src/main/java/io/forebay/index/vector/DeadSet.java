package io.forebay.index.vector;

import java.util.Arrays;

/**
 * An immutable set of ordinals, cheap to ask and cheap to extend: a new version shares every chunk that it
 * does not change with the old one, so publishing after each small batch costs 8 KB per chunk touched, not a
 * copy of the whole.
 *
 * <p>Threads: immutable.
 */
final class DeadSet {

    /** 65,536 ordinals, 8 KB. */
    private static final int CHUNK_BITS = 16;
    private static final int CHUNK_WORDS = 1 << (CHUNK_BITS - 6);

    /** Stands for every chunk without members; never written. */
    private static final long[] NONE = new long[CHUNK_WORDS];

    static final DeadSet EMPTY = new DeadSet(new long[0][], 0);

    private final long[][] chunks;
    private final int size;

    private DeadSet(long[][] chunks, int size) {
        this.chunks = chunks;
        this.size = size;
    }

    int size() {
        return size;
    }

    boolean contains(int ordinal) {
        int chunk = ordinal >>> CHUNK_BITS;
        if (chunk >= chunks.length) {
            return false;
        }
        long[] words = chunks[chunk];
        return (words[(ordinal >>> 6) & (CHUNK_WORDS - 1)] & (1L << ordinal)) != 0;
    }

    /** This set and the first {@code count} of {@code ordinals}, which may hold repetitions. */
    DeadSet with(int[] ordinals, int count) {
        if (count == 0) {
            return this;
        }
        int highest = 0;
        for (int i = 0; i < count; i++) {
            highest = Math.max(highest, ordinals[i]);
        }
        long[][] grown = Arrays.copyOf(chunks, Math.max(chunks.length, (highest >>> CHUNK_BITS) + 1));
        Arrays.fill(grown, chunks.length, grown.length, NONE);
        boolean[] own = new boolean[grown.length];
        int added = 0;
        for (int i = 0; i < count; i++) {
            int chunk = ordinals[i] >>> CHUNK_BITS;
            if (!own[chunk]) {
                grown[chunk] = grown[chunk].clone();
                own[chunk] = true;
            }
            int word = (ordinals[i] >>> 6) & (CHUNK_WORDS - 1);
            long bit = 1L << ordinals[i];
            if ((grown[chunk][word] & bit) == 0) {
                grown[chunk][word] |= bit;
                added++;
            }
        }
        return new DeadSet(grown, size + added);
    }

    /** How many members are below {@code end}. */
    int countBelow(int end) {
        int total = 0;
        for (int chunk = 0; chunk < chunks.length && chunk << CHUNK_BITS < end; chunk++) {
            long[] words = chunks[chunk];
            if (words == NONE) {
                continue;
            }
            int bits = Math.min(end - (chunk << CHUNK_BITS), 1 << CHUNK_BITS);
            for (int word = 0; word < bits >>> 6; word++) {
                total += Long.bitCount(words[word]);
            }
            if ((bits & 63) != 0) {
                total += Long.bitCount(words[bits >>> 6] & ((1L << (bits & 63)) - 1));
            }
        }
        return total;
    }
}
