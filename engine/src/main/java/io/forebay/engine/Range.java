package io.forebay.engine;

/**
 * A stretch of the log that holds entries of one collection that are acked but not yet applied. The payloads stay in
 * the log; entries of other collections may lie between and are passed over.
 *
 * @param position         where in the log the first entry is
 * @param ackedByOs        acknowledged from the page cache, so it may be applied before a sync covers it
 * @param bytes            payload bytes of the entries
 * @param operations       record operations in the entries
 * @param appendTimeMillis when the oldest of them was appended
 */
record Range(long minSeqId, long maxSeqId, long position, boolean ackedByOs, long bytes, long operations,
        long appendTimeMillis) {

    boolean isFollowedBy(Range next) {
        return maxSeqId + 1 == next.minSeqId;
    }

    /** Both as one. What lies between belongs to other collections. */
    Range mergedWith(Range next) {
        return new Range(minSeqId, next.maxSeqId, position, ackedByOs && next.ackedByOs, bytes + next.bytes,
                operations + next.operations, appendTimeMillis);
    }
}
