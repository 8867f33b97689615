package io.forebay.engine.backup;

import org.jspecify.annotations.Nullable;

/** Why a backup cannot be made, found, read or restored. The message is meant for the operator. */
public final class BackupException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What the caller may decide on. */
    public enum Reason {
        /** There is no such backup. */
        MISSING,
        /** A manifest or a file of the pool is not what it was. */
        DAMAGED,
        /** Something else works on the repository. */
        BUSY,
        /** What was asked for cannot be: the target is not empty, the seqId not to be had. */
        IMPOSSIBLE,
        /** The store is being closed. */
        CLOSED,
        /** The disk is full, or the operating system failed to do something. */
        IO
    }

    private final Reason reason;

    BackupException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    BackupException(Reason reason, String message) {
        this(reason, message, null);
    }

    public Reason reason() {
        return reason;
    }
}
