package io.forebay.wal;

/**
 * What the log keeps about an entry beside its payload; it interprets only {@code collection} (for purge) and
 * {@code records}.
 *
 * @param collection  number of the collection, never reused
 * @param incarnation distinguishes lives of what has the same number
 * @param type        the caller's kind of operation
 * @param records     how many seqIds the entry takes, at least 1
 * @param batchIdHash hash of the client's batch id, 0 when there is none
 */
public record EntryHeader(int collection, int incarnation, byte type, int records, long batchIdHash) {
    public EntryHeader {
        if (records < 1) {
            throw new IllegalArgumentException("an entry has at least one record, not " + records);
        }
    }
}
