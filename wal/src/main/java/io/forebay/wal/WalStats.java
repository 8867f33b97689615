package io.forebay.wal;

/**
 * Counters of one open log, since it was opened unless said otherwise.
 *
 * @param bytesOnDisk     what the log's files take on disk now, without extents made ahead
 * @param extents         number of extents now, with the one being written
 * @param entriesAppended entries
 * @param bytesAppended   bytes of payload
 * @param syncs           syncs that returned
 * @param syncNanosTotal  time spent in them
 * @param syncNanosMax    the longest one
 * @param rolls           extents filled
 * @param rollWaitNanos   time that appends waited for the next extent
 * @param tornBytes       bytes given up behind the last good frame when the log was opened
 * @param firstSeqId      the oldest seqId that can still be read; {@code lastSeqId + 1} when there is none
 */
public record WalStats(long bytesOnDisk, int extents, long entriesAppended, long bytesAppended, long syncs,
        long syncNanosTotal, long syncNanosMax, long rolls, long rollWaitNanos, long tornBytes,
        long firstSeqId,
        long lastSeqId, long durableSeqId) {}
