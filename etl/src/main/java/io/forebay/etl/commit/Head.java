package io.forebay.etl.commit;

/**
 * Where a line ends.
 *
 * @param number  of its newest commit; 0 when it has none yet
 * @param seqId   everything of the collection up to it is in the line
 * @param records that there are at the newest commit
 */
record Head(long number, long seqId, long records) {}
