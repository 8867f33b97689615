package io.forebay.index.record;

import java.util.Arrays;

/**
 * Notes which documents have which trigrams (three bytes of their UTF-8), each once a document.
 *
 * <p>Not thread-safe.
 */
final class Grams {
    static final int BYTES = 3;
    /** A longer document is read for every filter that looks for text. */
    static final int DOCUMENT_BYTES_MAX = 1 << 18;

    private final Terms terms;
    private final PendingPostings postings;
    /** A gram plus one; 0 is a free slot. */
    private int[] slots = new int[1 << 12];
    private int[] numbers = new int[1 << 12];
    private int[] lastRows = new int[1 << 12];
    private int count;

    Grams(Terms terms, PendingPostings postings) {
        this.terms = terms;
        this.postings = postings;
    }

    static int of(byte[] text, int at) {
        return (text[at] & 0xFF) << 16 | (text[at + 1] & 0xFF) << 8 | text[at + 2] & 0xFF;
    }

    /** The row's document is the first so many bytes; of a very long one only that is noted. */
    void add(byte[] document, int length, int row) {
        if (length > DOCUMENT_BYTES_MAX) {
            terms.longDocument();
            postings.add(terms, row);
            return;
        }
        int gram = length < BYTES ? 0 : (document[0] & 0xFF) << 8 | document[1] & 0xFF;
        for (int i = BYTES - 1; i < length; i++) {
            gram = (gram << 8 | document[i] & 0xFF) & 0xFFFFFF;
            add(gram, row);
        }
    }

    private void add(int gram, int row) {
        int mask = slots.length - 1;
        int slot = gram * 0x9E3779B1 >>> 7 & mask;
        while (slots[slot] != gram + 1) {
            if (slots[slot] == 0) {
                make(slot, gram);
                add(gram, row);
                return;
            }
            slot = slot + 1 & mask;
        }
        if (lastRows[slot] != row) {
            lastRows[slot] = row;
            postings.add(numbers[slot], row);
        }
    }

    private void make(int slot, int gram) {
        terms.gram(gram);
        slots[slot] = gram + 1;
        numbers[slot] = postings.number(terms);
        lastRows[slot] = -1;
        if (++count * 2 > slots.length) {
            grow();
        }
    }

    private void grow() {
        int[] oldSlots = slots;
        int[] oldNumbers = numbers;
        int[] oldRows = lastRows;
        slots = new int[oldSlots.length * 2];
        numbers = new int[slots.length];
        lastRows = new int[slots.length];
        int mask = slots.length - 1;
        for (int i = 0; i < oldSlots.length; i++) {
            if (oldSlots[i] != 0) {
                int slot = (oldSlots[i] - 1) * 0x9E3779B1 >>> 7 & mask;
                while (slots[slot] != 0) {
                    slot = slot + 1 & mask;
                }
                slots[slot] = oldSlots[i];
                numbers[slot] = oldNumbers[i];
                lastRows[slot] = oldRows[i];
            }
        }
    }

    /** To be called whenever the postings are cleared or lose what was added last. */
    void forget() {
        if (count > 0) {
            Arrays.fill(slots, 0);
            count = 0;
        }
    }
}
