package io.forebay.engine;

import io.forebay.model.RecordBatch;

/**
 * One batch of a collection as the log has it. The batch is a view of the log and valid only until the feed that gave it
 * is asked for anything else.
 *
 * @param appendTimeMillis when it was appended
 */
public record Change(long minSeqId, long maxSeqId, long appendTimeMillis, RecordBatch batch) {}
