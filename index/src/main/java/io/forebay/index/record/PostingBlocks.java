package io.forebay.index.record;

import java.util.Arrays;

/**
 * The value of a posting: what happened, in order, to the rows of one chunk (65,536 rows, named by their low 16
 * bits) under one term. Appending is the merge operator's work, so a value may be the concatenation of many.
 * Part of the format, little-endian:
 * <pre>
 *   value = block*
 *   block = header:2 = kind << 14 | count - 1      then, by kind:
 *           0 these rows have the term             count rows:2
 *           1 these rows have it no more           count rows:2
 *           2 count rows from one on have it       first row:2
 * </pre>
 */
final class PostingBlocks {
    static final int ADD = 0;
    static final int REMOVE = 1;
    static final int RUN = 2;
    static final int CHUNK_ROWS = 1 << 16;
    static final int WORDS = CHUNK_ROWS / 64;
    private static final int COUNT_MAX = 1 << 14;
    /** From this many neighbours on a run is shorter than their list. */
    private static final int RUN_MIN = 3;

    private PostingBlocks() {}

    /** Whether the value has a block that takes rows away. */
    static boolean removes(byte[] value, int length) {
        for (int at = 0; at < length;) {
            int header = header(value, at, length);
            if (header >>> 14 == REMOVE) {
                return true;
            }
            at = next(header, at, length);
        }
        return false;
    }

    /** Applies the value to the bits of a chunk. */
    static void applyTo(long[] words, byte[] value, int length) {
        for (int at = 0; at < length;) {
            int header = header(value, at, length);
            int count = (header & COUNT_MAX - 1) + 1;
            int end = next(header, at, length);
            switch (header >>> 14) {
                case ADD -> {
                    for (int i = at + 2; i < end; i += 2) {
                        int row = u16(value, i);
                        words[row >>> 6] |= 1L << row;
                    }
                }
                case REMOVE -> {
                    for (int i = at + 2; i < end; i += 2) {
                        int row = u16(value, i);
                        words[row >>> 6] &= ~(1L << row);
                    }
                }
                default -> {
                    int first = u16(value, at + 2);
                    if (first + count > CHUNK_ROWS) {
                        throw damaged(at);
                    }
                    setRange(words, first, first + count);
                }
            }
            at = end;
        }
    }

    private static void setRange(long[] words, int from, int to) {
        int first = from >>> 6;
        int last = to - 1 >>> 6;
        long head = -1L << from;
        long tail = -1L >>> -to;
        if (first == last) {
            words[first] |= head & tail;
            return;
        }
        words[first] |= head;
        Arrays.fill(words, first + 1, last, -1L);
        words[last] |= tail;
    }

    /** Bytes that {@link #write} takes at most for so many rows. */
    static int bytesMax(int rows) {
        return 4 * rows;
    }

    /** Writes one kind of change of rows, given by their low 16 bits in their order; returns the place behind it. */
    static int write(byte[] target, int at, boolean remove, int[] rows, int from, int to) {
        int place = at;
        int listed = from;
        int i = from;
        while (i < to) {
            int run = 1;
            while (!remove && i + run < to && run < COUNT_MAX
                    && (rows[i + run] & 0xFFFF) == (rows[i] & 0xFFFF) + run) {
                run++;
            }
            if (run >= RUN_MIN) {
                place = list(target, place, ADD, rows, listed, i);
                place = u16(target, place, RUN << 14 | run - 1);
                place = u16(target, place, rows[i]);
                listed = i + run;
            }
            i += run;
        }
        return list(target, place, remove ? REMOVE : ADD, rows, listed, to);
    }

    private static int list(byte[] target, int at, int kind, int[] rows, int from, int to) {
        int place = at;
        for (int start = from; start < to; start += COUNT_MAX) {
            int end = Math.min(to, start + COUNT_MAX);
            place = u16(target, place, kind << 14 | end - start - 1);
            for (int i = start; i < end; i++) {
                place = u16(target, place, rows[i]);
            }
        }
        return place;
    }

    private static int header(byte[] value, int at, int length) {
        if (at + 4 > length) {
            throw damaged(at);
        }
        return u16(value, at);
    }

    private static int next(int header, int at, int length) {
        int kind = header >>> 14;
        int next = kind == RUN ? at + 4 : at + 4 + 2 * (header & COUNT_MAX - 1);
        if (kind > RUN || next > length) {
            throw damaged(at);
        }
        return next;
    }

    private static RecordStoreException damaged(int at) {
        return new RecordStoreException("a posting is damaged at byte " + at);
    }

    private static int u16(byte[] bytes, int at) {
        return bytes[at] & 0xFF | (bytes[at + 1] & 0xFF) << 8;
    }

    private static int u16(byte[] bytes, int at, int value) {
        bytes[at] = (byte) value;
        bytes[at + 1] = (byte) (value >>> 8);
        return at + 2;
    }
}
