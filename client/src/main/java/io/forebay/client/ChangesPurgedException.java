package io.forebay.client;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;

/** The log does not keep the changes that were asked for any more (GONE): read the collection anew and follow from there. */
public final class ChangesPurgedException extends ForebayException {
    private static final long serialVersionUID = 1L;

    private final long oldestSeqId;

    ChangesPurgedException(String message, long oldestSeqId) {
        super(ErrorCode.GONE, message);
        this.oldestSeqId = oldestSeqId;
    }

    /** From here on everything is there. */
    public long oldestSeqId() {
        return oldestSeqId;
    }
}
