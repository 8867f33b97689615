package io.forebay.index.record;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Numbers terms, from 0 on, in the order in which they are first seen.
 *
 * <p>Open addressing by linear probing; the bytes of all terms in one array. Not thread-safe.
 */
final class TermTable {
    private static final int BYTES_MAX = Integer.MAX_VALUE - 64;
    private static final int KEPT_SLOTS_MAX = 1 << 18;
    /** Of this process: nobody can choose values that all meet in one slot. */
    private static final long SEED = new SecureRandom().nextLong();

    private int[] slots = new int[1 << 10];
    private long[] hashes = new long[512];
    private int[] ends = new int[512];
    private byte[] bytes = new byte[1 << 14];
    private int count;

    int size() {
        return count;
    }

    /** The number of this term. */
    int of(byte[] term, int length) {
        long hash = hash(SEED, term, 0, length);
        int mask = slots.length - 1;
        int slot = (int) hash & mask;
        while (slots[slot] != 0) {
            int number = slots[slot] - 1;
            if (hashes[number] == hash
                    && Arrays.equals(bytes, start(number), ends[number], term, 0, length)) {
                return number;
            }
            slot = slot + 1 & mask;
        }
        return add(term, length, hash, slot);
    }

    private int add(byte[] term, int length, long hash, int slot) {
        int start = start(count);
        if (start > BYTES_MAX - length) {
            throw new IllegalStateException("terms of more than 2 GiB in one commit");
        }
        if (start + length > bytes.length) {
            bytes = Arrays.copyOf(bytes,
                    (int) Math.min(BYTES_MAX, Math.max(bytes.length * 2L, start + length)));
        }
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, count * 2);
            hashes = Arrays.copyOf(hashes, count * 2);
        }
        System.arraycopy(term, 0, bytes, start, length);
        hashes[count] = hash;
        ends[count] = start + length;
        slots[slot] = ++count;
        if (count * 2 > slots.length) {
            grow();
        }
        return count - 1;
    }

    private void grow() {
        slots = new int[slots.length * 2];
        int mask = slots.length - 1;
        for (int number = 0; number < count; number++) {
            int slot = (int) hashes[number] & mask;
            while (slots[slot] != 0) {
                slot = slot + 1 & mask;
            }
            slots[slot] = number + 1;
        }
    }

    /** Of all terms together. */
    int bytesUsed() {
        return start(count);
    }

    /** All terms' bytes; one term is {@code [start, end)}. */
    byte[] bytes() {
        return bytes;
    }

    int start(int number) {
        return number == 0 ? 0 : ends[number - 1];
    }

    int end(int number) {
        return ends[number];
    }

    void clear() {
        if (slots.length > KEPT_SLOTS_MAX) {
            slots = new int[1 << 10];
            bytes = new byte[1 << 14];
        } else if (count > 0) {
            Arrays.fill(slots, 0);
        }
        count = 0;
    }

    /**
     * Multiply and rotate over words of eight bytes, and a last mix (that of SplitMix64). Part of the format of
     * long strings.
     */
    static long hash(byte[] source, int at, int length) {
        return hash(0, source, at, length);
    }

    private static long hash(long seed, byte[] source, int at, int length) {
        long hash = seed ^ length * 0x9E3779B97F4A7C15L;
        int end = at + length;
        int place = at;
        for (; place + 8 <= end; place += 8) {
            hash = Long.rotateLeft(hash ^ (long) Keys.LONG_LE.get(source, place) * 0xBF58476D1CE4E5B9L, 29)
                    * 0x94D049BB133111EBL;
        }
        long last = 0;
        for (; place < end; place++) {
            last = last << 8 | source[place] & 0xFF;
        }
        hash = (hash ^ last * 0xBF58476D1CE4E5B9L) * 0x94D049BB133111EBL;
        hash = (hash ^ hash >>> 30) * 0xBF58476D1CE4E5B9L;
        hash = (hash ^ hash >>> 27) * 0x94D049BB133111EBL;
        return hash ^ hash >>> 31;
    }
}
