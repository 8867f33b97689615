package io.forebay.client;

import io.forebay.model.Lag;
import io.forebay.model.Rate;
import org.jspecify.annotations.Nullable;

/**
 * Where one collection stands: its positions as seqIds, how far two of them are behind, and how fast they move.
 *
 * @param records             live records, as applied
 * @param operations          record operations ever acknowledged
 * @param linkedOperations    those that are in the vector index (or needed no link)
 * @param secondsUntilApplied time until all that is in the log now is applied; null when that is not known
 * @param secondsUntilLinked  the same, until it is linked
 */
public record CollectionLag(String id, String tenant, String database, String name, long records,
        long operations, long linkedOperations,
        long ackedSeqId, long durableSeqId, long appliedSeqId, long linkedSeqId, Lag ingestLag,
        Lag indexLag, Rate applyRate, Rate linkRate, @Nullable Double secondsUntilApplied,
        @Nullable Double secondsUntilLinked) {

    /** Record operations that every read sees. */
    public long appliedOperations() {
        return operations - ingestLag.records();
    }
}
