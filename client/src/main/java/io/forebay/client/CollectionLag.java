package io.forebay.client;

import io.forebay.model.Lag;

/**
 * Where one collection stands: its positions as seqIds, and how far two of them are behind.
 *
 * @param records          live records, as applied
 * @param operations       record operations ever acknowledged
 * @param linkedOperations those that are in the vector index (or needed no link)
 */
public record CollectionLag(String id, String tenant, String database, String name, long records,
        long operations, long linkedOperations,
        long ackedSeqId, long durableSeqId, long appliedSeqId, long linkedSeqId, Lag ingestLag,
        Lag indexLag) {

    /** Record operations that every read sees. */
    public long appliedOperations() {
        return operations - ingestLag.records();
    }
}
