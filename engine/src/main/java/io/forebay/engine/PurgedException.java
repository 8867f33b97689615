package io.forebay.engine;

import java.util.UUID;

/** The log does not keep any more what a change feed was to give next. */
public final class PurgedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long oldestSeqId;

    PurgedException(UUID collection, long wantedSeqId, long oldestSeqId) {
        super("The changes of collection [" + collection + "] from seqId " + wantedSeqId
                + " on are purged from the log; the oldest available seqId is " + oldestSeqId);
        this.oldestSeqId = oldestSeqId;
    }

    /** Every change of the collection from this seqId on is available. */
    public long oldestSeqId() {
        return oldestSeqId;
    }
}
