package io.forebay.index.vector;

import java.util.Arrays;
import org.roaringbitmap.ContainerPointer;
import org.roaringbitmap.RoaringBitmap;

/**
 * The ordinals that a filter allows as plain words: a walk asks thousands of times whether one is among them, and a
 * RoaringBitmap answers in ten times the time.
 *
 * <p>Threads: one owner, who fills it anew for each walk.
 */
final class AllowedBits {

    private static final int CONTAINER_BITS = 16;
    private static final int CONTAINER_WORDS = 1 << CONTAINER_BITS - 6;
    /** A larger array is not kept for the next walk. */
    private static final int KEPT_MAX = 1 << 17;

    private long[] words = new long[0];
    private int end;

    /** Takes over the members below {@code end}. */
    void set(RoaringBitmap allowed, int end) {
        int containers = (int) (((long) end + (1 << CONTAINER_BITS) - 1) >>> CONTAINER_BITS);
        int length = containers * CONTAINER_WORDS;
        if (words.length < length || words.length > KEPT_MAX) {
            words = new long[length];
        } else {
            Arrays.fill(words, 0);
        }
        ContainerPointer at = allowed.getContainerPointer();
        while (at.getContainer() != null && at.key() < containers) {
            at.getContainer().copyBitmapTo(words, at.key() * CONTAINER_WORDS);
            at.advance();
        }
        this.end = end;
    }

    /** Members are below this; what the words say of others is void. */
    int end() {
        return end;
    }

    long[] words() {
        return words;
    }

    boolean contains(int ordinal) {
        return ordinal < end && (words[ordinal >>> 6] & 1L << ordinal) != 0;
    }
}
