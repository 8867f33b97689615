package io.forebay.client;

/**
 * A write that the server acknowledged.
 *
 * @param maxSeqId a read that waits for it sees the write; {@link #NO_SEQ_ID} from a server that is not
 *     Forebay
 * @param records  how many record operations; of a delete by filter, how many records it removed
 * @param replayed it had been done before, under the same idempotency key, and was not done again
 */
public record Written(long maxSeqId, int records, boolean replayed) {
    public static final long NO_SEQ_ID = -1;

    public Written(long maxSeqId, int records) {
        this(maxSeqId, records, false);
    }
}
