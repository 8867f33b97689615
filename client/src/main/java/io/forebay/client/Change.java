package io.forebay.client;

import io.forebay.model.RecordBatch;

/**
 * One batch of a collection's change feed, as the log has it.
 *
 * @param minSeqId   of the first record; record i has {@code minSeqId + i}
 * @param maxSeqId   to go on behind this change, ask for {@code maxSeqId + 1}
 * @param timeMillis when it was appended, in milliseconds since 1970 (UTC)
 */
public record Change(long minSeqId, long maxSeqId, long timeMillis, RecordBatch batch) {}
