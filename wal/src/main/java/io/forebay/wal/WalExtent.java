package io.forebay.wal;

/**
 * One extent of an open log at one moment.
 *
 * @param bytes      what it takes on disk
 * @param usedBytes  end of what is written in it
 * @param entries    whole entries that begin in it
 * @param firstSeqId of them, 0 when there are none
 * @param current    whether it is the one being written, which is never purged
 * @param heldBy     numbers of the collections that keep it from being purged, ascending; none of the current one
 */
public record WalExtent(int number, long bytes, long usedBytes, long entries, long firstSeqId,
        long lastSeqId, boolean current, int[] heldBy) {}
