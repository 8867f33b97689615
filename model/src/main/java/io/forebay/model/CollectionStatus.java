package io.forebay.model;

import java.util.UUID;

/**
 * Where a collection stands. Positions are seqIds of its own entries; {@code linked <= applied <= acked}.
 *
 * @param records       live records, as applied
 * @param operations    record operations ever acked
 * @param linkedOperations record operations that are linked (or needed no link)
 * @param ingestLag     end of log minus applied
 * @param indexLag      end of log minus linked
 * @param queuedRanges  ranges waiting for the indexer
 * @param parkedEntries entries that could not be applied and were set aside
 */
public record CollectionStatus(UUID id, String tenant, String database, String name, int dimension,
        long records,
        long ackedSeqId, long durableSeqId, long appliedSeqId, long linkedSeqId, long operations,
        long linkedOperations, Lag ingestLag, Lag indexLag, int queuedRanges, long parkedEntries) {}
