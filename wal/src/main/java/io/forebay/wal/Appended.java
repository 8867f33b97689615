package io.forebay.wal;

/**
 * The log's answer to an append.
 *
 * @param position where the entry begins; opaque, for {@link WalReader#seek}
 */
public record Appended(long minSeqId, long maxSeqId, long position, long appendTimeMillis) {}
