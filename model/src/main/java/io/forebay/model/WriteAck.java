package io.forebay.model;

/**
 * A write that was acknowledged.
 *
 * @param minSeqId first seqId of the batch; a batch without records has none and both ids are the position before it
 * @param maxSeqId last seqId: a read that waits for it sees the write
 * @param records  how many record operations; for a delete, how many records it removed
 */
public record WriteAck(long minSeqId, long maxSeqId, int records, Durability durability) {}
