package io.forebay.model;

/**
 * A position that was waited for was not reached in time (DEADLINE_EXCEEDED), or never will be because the seqId was
 * never given out here (INVALID_ARGUMENT); with the position of the collection at that moment.
 */
public final class NotReachedException extends ForebayException {
    private static final long serialVersionUID = 1L;

    private final String position;
    private final long wantedSeqId;
    private final long reachedSeqId;

    /** @param position {@code durable}, {@code applied} or {@code linked} */
    public NotReachedException(ErrorCode code, String message, String position, long wantedSeqId,
            long reachedSeqId) {
        super(code, message);
        this.position = position;
        this.wantedSeqId = wantedSeqId;
        this.reachedSeqId = reachedSeqId;
    }

    /** The same, thrown where another thread learns of it. */
    public NotReachedException(NotReachedException first) {
        super(first.code(), String.valueOf(first.getMessage()), first);
        this.position = first.position;
        this.wantedSeqId = first.wantedSeqId;
        this.reachedSeqId = first.reachedSeqId;
    }

    public String position() {
        return position;
    }

    public long wantedSeqId() {
        return wantedSeqId;
    }

    /** Where the collection was when the wait ended. */
    public long reachedSeqId() {
        return reachedSeqId;
    }
}
