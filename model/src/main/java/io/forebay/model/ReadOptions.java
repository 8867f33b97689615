package io.forebay.model;

/**
 * How fresh a read must be.
 *
 * @param minSeqId       the read waits until this seqId of the collection is applied; 0 for none
 * @param timeoutMillis  how long a read may wait before it fails with DEADLINE_EXCEEDED; 0 for the server's own limit
 */
public record ReadOptions(ReadLevel level, long minSeqId, long timeoutMillis) {
    public static final ReadOptions DEFAULT = new ReadOptions(ReadLevel.INDEX_AND_WAL, 0, 0);

    public static ReadOptions of(ReadLevel level) {
        return new ReadOptions(level, 0, 0);
    }
}
