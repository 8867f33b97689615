package io.forebay.index.record;

/**
 * A compiled filter: the metadata keys that it looks at (their index is their slot) and what must hold.
 * Immutable.
 */
record Filter(byte[][] keys, Predicate root) {
    static final Filter ALL = new Filter(new byte[0][], Predicate.ALL);

    boolean isAll() {
        return root == Predicate.ALL;
    }
}
