package io.forebay.index.record;

import org.roaringbitmap.RoaringBitmap;

/**
 * Rows that match a filter.
 *
 * @param rows     not to be changed
 * @param verified how many records were read to find out; 0 when postings said it all
 */
public record RowMatches(RoaringBitmap rows, int verified) {}
