package io.forebay.wal;

import org.jspecify.annotations.Nullable;

/** Why the log refuses. The message is meant for the operator: it names file, offset, limit or process. */
public final class WalException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What the caller may decide on. */
    public enum Reason {
        /** Another process, or this one, has the directory open. */
        LOCKED,
        /** Bytes before the tail do not check, or a file is missing. */
        CORRUPT,
        /** A sync failed: nothing is acknowledged any more. */
        SYNC_FAILED,
        /** The disk is below its reserve; writing resumes by itself. */
        DISK_FULL,
        /** The payload is above the limit that the message names. */
        TOO_LARGE,
        /** A log cannot end there. */
        INSIDE_BATCH,
        /** The log or the reader is closed. */
        CLOSED,
        /** Written by a newer version of Forebay. */
        NEWER_VERSION,
        /** This JDK cannot run Chronicle Queue. */
        UNSUPPORTED_JDK,
        /** The operating system failed to do something. */
        IO
    }

    private final Reason reason;

    WalException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    WalException(Reason reason, String message) {
        this(reason, message, null);
    }

    public Reason reason() {
        return reason;
    }
}
