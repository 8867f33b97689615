package io.forebay.index.record;

import org.roaringbitmap.RoaringBitmap;

/**
 * What postings say of a filter: rows that match for sure, and rows that may. What lies between must be read. The two may be
 * the same object, and then nothing need be read. Not to be changed.
 */
record Bounds(RoaringBitmap sure, RoaringBitmap maybe) {
    static Bounds exactly(RoaringBitmap rows) {
        return new Bounds(rows, rows);
    }

    /** All that can be said is that none is outside. */
    static Bounds within(RoaringBitmap rows) {
        return new Bounds(new RoaringBitmap(), rows);
    }

    boolean isExact() {
        return sure == maybe;
    }

    /** Of the opposite filter among these rows. */
    Bounds oppositeIn(RoaringBitmap rows) {
        RoaringBitmap certain = RoaringBitmap.andNot(rows, maybe);
        return isExact() ? exactly(certain) : new Bounds(certain, RoaringBitmap.andNot(rows, sure));
    }

    Bounds or(Bounds other) {
        RoaringBitmap certain = RoaringBitmap.or(sure, other.sure);
        return isExact() && other.isExact()
                ? exactly(certain)
                : new Bounds(certain, RoaringBitmap.or(maybe, other.maybe));
    }

    /** Both hold; the other was asked for rows that may match this one. */
    Bounds and(Bounds other) {
        return isExact() && other.isExact()
                ? other
                : new Bounds(RoaringBitmap.and(sure, other.sure), other.maybe);
    }
}
