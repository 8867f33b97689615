package io.forebay.model;

/**
 * Which state of a collection a read saw: that after all its operations up to {@code appliedSeqId}, and none above.
 * Passed on as {@link ReadOptions#minSeqId}, it makes another read see at least as much, on any connection and after
 * a restart.
 *
 * @param linkedSeqId at most {@code appliedSeqId}: a query or search at {@link ReadLevel#INDEX_ONLY} leaves out records
 *                    whose embedding was written above it, and no others
 */
public record ReadPosition(long appliedSeqId, long linkedSeqId) {}
