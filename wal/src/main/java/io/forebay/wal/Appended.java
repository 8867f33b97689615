package io.forebay.wal;

/**
 * The log's answer to an append. Given in by the caller and filled by the log, so that appending allocates nothing; it
 * belongs to its caller and may be used again.
 */
public final class Appended {
    private long minSeqId;
    private long maxSeqId;
    private long position;
    private long appendTimeMillis;

    void set(Frame frame, long at) {
        minSeqId = frame.minSeqId;
        maxSeqId = frame.maxSeqId;
        position = at;
        appendTimeMillis = frame.appendTimeMillis;
    }

    public long minSeqId() {
        return minSeqId;
    }

    public long maxSeqId() {
        return maxSeqId;
    }

    /** Where the entry begins; opaque, for {@link WalReader#seek}. */
    public long position() {
        return position;
    }

    public long appendTimeMillis() {
        return appendTimeMillis;
    }

    @Override
    public String toString() {
        return "Appended[" + minSeqId + ", " + maxSeqId + "]";
    }
}
