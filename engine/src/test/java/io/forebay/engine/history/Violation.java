package io.forebay.engine.history;

/** A promise that was broken, and by what. */
public record Violation(Kind kind, String message) {
    /** Of which promise. */
    public enum Kind {
        /** SeqIds of two writes overlap, or are not in the order of writes that followed one another. */
        ORDER,
        /** A client did not see its own acked write at a level that promises it. */
        READ_YOUR_WRITES,
        /** A read that waits for everything acked before it missed another client's write. */
        STALE_READ,
        /** A read went back behind what an earlier one had seen. */
        NOT_MONOTONIC,
        /** A read did not reach the seqId that it was to wait for. */
        MIN_SEQ_ID,
        /** A read saw a write that had not begun. */
        FUTURE,
        /** Some records of a batch were there and others not. */
        HALF_BATCH,
        /** A later write is there, an earlier one to the same record is not. */
        LOST_UPDATE,
        /** The answer is right for another position than the one told. */
        OTHER_POSITION,
        /** The answer is the state at no position. */
        WRONG_ANSWER,
        /** A delete told another number of records than there were. */
        DELETE_COUNT
    }

    @Override
    public String toString() {
        return kind + ": " + message;
    }
}
