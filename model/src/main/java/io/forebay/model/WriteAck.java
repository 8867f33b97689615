package io.forebay.model;

/**
 * A write that was acknowledged.
 *
 * @param minSeqId first seqId of the batch; a batch without records has none and both ids are the position before it,
 *                 unless it came with an idempotency key: then it has one
 * @param maxSeqId last seqId: a read that waits for it sees the write
 * @param records  how many record operations; for a delete, how many records it removed
 * @param replayed the batch was there already, under the same idempotency key, and nothing was appended
 */
public record WriteAck(long minSeqId, long maxSeqId, int records, Durability durability, boolean replayed) {}
