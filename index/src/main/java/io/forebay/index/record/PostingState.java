package io.forebay.index.record;

/**
 * How far a collection's postings have come, written with every batch that changes it. Big-endian; part of the format.
 * <pre>
 *   version:1 = 1 | textRows:4 | gapFrom:4 | gapEnd:4 | garbage:8 | textGarbage:8
 * </pre>
 *
 * @param textRows    the documents of rows below are in the trigram postings, those of rows from here on are not
 * @param gapFrom     the metadata of rows from here to gapEnd may lack postings: they were written by a Forebay
 *                    that made none
 * @param garbage     entries of postings that stand for nothing any more: of deleted rows, of changed values
 * @param textGarbage documents replaced since the trigrams were built
 */
record PostingState(int textRows, int gapFrom, int gapEnd, long garbage, long textGarbage) {
    static final PostingState NEW = new PostingState(0, 0, 0, 0, 0);
    private static final int BYTES = 29;
    private static final byte VERSION = 1;

    /** Of a collection that has rows and no state: all of them are the gap. */
    static PostingState withoutPostings(int rows) {
        return new PostingState(0, 0, rows, 0, 0);
    }

    PostingState withTextRows(int rows) {
        return new PostingState(rows, gapFrom, gapEnd, garbage, textGarbage);
    }

    PostingState withGapFrom(int from) {
        return new PostingState(textRows, from, gapEnd, garbage, textGarbage);
    }

    PostingState withGarbage(long entries, long documents) {
        return new PostingState(textRows, gapFrom, gapEnd, entries, documents);
    }

    boolean hasGap() {
        return gapFrom < gapEnd;
    }

    byte[] encode() {
        byte[] value = new byte[BYTES];
        value[0] = VERSION;
        Keys.INT_BE.set(value, 1, textRows);
        Keys.INT_BE.set(value, 5, gapFrom);
        Keys.INT_BE.set(value, 9, gapEnd);
        Keys.LONG_BE.set(value, 13, garbage);
        Keys.LONG_BE.set(value, 21, textGarbage);
        return value;
    }

    static PostingState decode(byte[] value) {
        if (value.length != BYTES || value[0] != VERSION) {
            throw new RecordStoreException("the state of a collection's postings has " + value.length
                    + " bytes and version " + (value.length == 0 ? "none" : value[0]) + "; expected " + BYTES
                    + " and " + VERSION);
        }
        return new PostingState((int) Keys.INT_BE.get(value, 1), (int) Keys.INT_BE.get(value, 5),
                (int) Keys.INT_BE.get(value, 9), (long) Keys.LONG_BE.get(value, 13),
                (long) Keys.LONG_BE.get(value, 21));
    }
}
