package io.forebay.index.record;

/**
 * Shows pairs of a term (or an id) and a row, from one of two places that must agree. It may be asked more than once
 * and shows the same pairs each time, each once, in any order.
 */
@FunctionalInterface
interface PairSource {
    void visit(Visitor visitor);

    /** What a source shows. */
    @FunctionalInterface
    interface Visitor {
        /** The term's bytes are {@code [from, to)}, to be copied by who keeps them. */
        void pair(byte[] term, int from, int to, int row, float weight);
    }

    /** Of the pair; sources that agree give the same. */
    static long hash(byte[] term, int from, int to, int row, float weight) {
        long hash = TermTable.hash(term, from, to - from) + row * 0x9E3779B97F4A7C15L;
        if (weight != 0) {
            hash += Float.floatToRawIntBits(weight) * 0xD6E8FEB86659FD93L;
        }
        hash = (hash ^ hash >>> 32) * 0xD6E8FEB86659FD93L;
        hash = (hash ^ hash >>> 29) * 0xBF58476D1CE4E5B9L;
        return hash ^ hash >>> 32;
    }
}
