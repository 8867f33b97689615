package io.forebay.index.vector;

import java.util.Arrays;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * An immutable set of ordinals, cheap to ask and cheap to extend: a new version shares every chunk that it
 * does not change with the old one, so publishing after each small batch costs 8 KB per chunk touched, not a
 * copy of the whole. A chunk without members, and one that has all, cost nothing: after years of updates most
 * are of the second kind.
 *
 * <p>Threads: immutable.
 */
final class DeadSet {

    /** 65,536 ordinals, 8 KB. */
    private static final int CHUNK_BITS = 16;
    private static final int CHUNK_WORDS = 1 << (CHUNK_BITS - 6);

    /** Stands for every chunk without members; never written. */
    private static final long[] NONE = new long[CHUNK_WORDS];
    /** Stands for every chunk that is full; never written. */
    private static final long[] ALL = all();

    static final DeadSet EMPTY = new DeadSet(new long[0][], 0);

    private final long[][] chunks;
    private final int size;

    private DeadSet(long[][] chunks, int size) {
        this.chunks = chunks;
        this.size = size;
    }

    private static long[] all() {
        long[] words = new long[CHUNK_WORDS];
        Arrays.fill(words, -1);
        return words;
    }

    /** What of {@code [0, count)} is not in {@code live}. */
    static DeadSet without(RoaringBitmap live, int count) {
        long[][] chunks = new long[(int) ((count + (1L << CHUNK_BITS) - 1) >>> CHUNK_BITS)][];
        int size = 0;
        for (int chunk = 0; chunk < chunks.length; chunk++) {
            int from = chunk << CHUNK_BITS;
            int to = (int) Math.min(count, from + (1L << CHUNK_BITS));
            int dead = to - from - (int) live.rangeCardinality(from, to);
            size += dead;
            chunks[chunk] = dead == 0 ? NONE : dead == 1 << CHUNK_BITS ? ALL : deadOf(live, from, to);
        }
        return new DeadSet(chunks, size);
    }

    private static long[] deadOf(RoaringBitmap live, int from, int to) {
        long[] words = new long[CHUNK_WORDS];
        for (int ordinal = from; ordinal < to; ordinal++) {
            words[(ordinal >>> 6) & (CHUNK_WORDS - 1)] |= 1L << ordinal;
        }
        PeekableIntIterator members = live.getIntIterator();
        members.advanceIfNeeded(from);
        while (members.hasNext() && members.peekNext() < to) {
            int ordinal = members.next();
            words[(ordinal >>> 6) & (CHUNK_WORDS - 1)] &= ~(1L << ordinal);
        }
        return words;
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
            if (grown[chunk] == ALL) {
                continue;
            }
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
        for (int chunk = 0; chunk < grown.length; chunk++) {
            if (own[chunk] && Arrays.equals(grown[chunk], ALL)) {
                grown[chunk] = ALL;
            }
        }
        return new DeadSet(grown, size + added);
    }

    /** True if two chunks are one object: full ones and empty ones are. */
    boolean sharesChunk(DeadSet other, int chunk, int chunkOfOther) {
        return chunks[chunk] == other.chunks[chunkOfOther];
    }

    /** True if all of {@code [from, to)} are members. */
    boolean containsAll(int from, int to) {
        int ordinal = from;
        while (ordinal < to) {
            int chunk = ordinal >>> CHUNK_BITS;
            if (chunk >= chunks.length) {
                return false;
            }
            int bits = Math.min(to - ordinal, 64 - (ordinal & 63));
            long wanted = bits == 64 ? -1 : ((1L << bits) - 1) << ordinal;
            if ((chunks[chunk][(ordinal >>> 6) & (CHUNK_WORDS - 1)] & wanted) != wanted) {
                return false;
            }
            ordinal += bits;
        }
        return true;
    }

    /**
     * Clears the bits of the members among 65,536 ordinals, number {@code chunk} of such stretches, where
     * {@code words} has a bit for every ordinal from 0 on; returns how many were set.
     */
    int removeFrom(long[] words, int chunk) {
        if (chunk >= chunks.length || chunks[chunk] == NONE) {
            return 0;
        }
        long[] members = chunks[chunk];
        int first = chunk * CHUNK_WORDS;
        int removed = 0;
        for (int i = 0; i < CHUNK_WORDS; i++) {
            removed += Long.bitCount(words[first + i] & members[i]);
            words[first + i] &= ~members[i];
        }
        return removed;
    }

    /** How many members are below {@code end}. */
    int countBelow(int end) {
        int total = 0;
        for (int chunk = 0; chunk < chunks.length && chunk << CHUNK_BITS < end; chunk++) {
            long[] words = chunks[chunk];
            int bits = Math.min(end - (chunk << CHUNK_BITS), 1 << CHUNK_BITS);
            if (words == NONE || words == ALL) {
                total += words == ALL ? bits : 0;
                continue;
            }
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
