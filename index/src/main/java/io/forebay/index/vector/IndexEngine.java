package io.forebay.index.vector;

/** Which graph a vector segment is searched through. */
public enum IndexEngine {
    /** Forebay's own: flat, off the heap, on 8-bit codes, stored. */
    NATIVE,
    /** The library hnswlib-core: reference and fallback; on the heap, made again at every start. */
    HNSWLIB
}
