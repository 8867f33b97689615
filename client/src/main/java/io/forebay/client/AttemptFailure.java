package io.forebay.client;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One attempt failed in a way that another may mend. A transport fails its futures with this, and {@link Retrying} decides
 * whether there is another attempt; callers are told {@link #told}. Any other failure of a transport is final.
 */
final class AttemptFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is known of the effect. */
    enum Kind {
        /** Nothing was sent, or the server said that it did not look at it. */
        UNSENT,
        /** 429: the server did nothing, and wants to be asked later. */
        REFUSED,
        /** 503 with a time to come back. */
        UNAVAILABLE,
        /** The connection broke after the request was sent: it may have been done. */
        LOST,
        /** No answer in time: it may have been done, or be done yet. */
        TIMED_OUT
    }

    private final Kind kind;
    private final ForebayException told;
    private final @Nullable Duration retryAfter;

    AttemptFailure(Kind kind, ForebayException told, @Nullable Duration retryAfter) {
        super(told.getMessage(), told, false, false);
        this.kind = kind;
        this.told = told;
        this.retryAfter = retryAfter;
    }

    static AttemptFailure unsent(String message, @Nullable Throwable cause) {
        return new AttemptFailure(Kind.UNSENT, unavailable(message, cause), null);
    }

    static AttemptFailure lost(String message, @Nullable Throwable cause) {
        return new AttemptFailure(Kind.LOST, unavailable(message, cause), null);
    }

    static AttemptFailure timedOut(String message) {
        return new AttemptFailure(Kind.TIMED_OUT,
                new ForebayException(ErrorCode.DEADLINE_EXCEEDED, message), null);
    }

    /** Of an answer with an error's status: worth another attempt, or final. */
    static RuntimeException ofStatus(ForebayException told, @Nullable Duration retryAfter) {
        if (told.code() == ErrorCode.BACKOFF) {
            return new AttemptFailure(Kind.REFUSED, told, retryAfter);
        }
        return told.code() == ErrorCode.UNAVAILABLE && retryAfter != null
                ? new AttemptFailure(Kind.UNAVAILABLE, told, retryAfter)
                : told;
    }

    static ForebayException closed() {
        return new ForebayException(ErrorCode.UNAVAILABLE, "this client is closed");
    }

    /** No other attempt mends a certificate; null when that is not what went wrong. */
    static @Nullable ForebayException distrust(String server, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException || cause instanceof CertPathBuilderException) {
                return new ForebayException(ErrorCode.UNAVAILABLE,
                        "the certificate of " + server + " is not trusted: " + cause.getMessage(), failure);
            }
        }
        return null;
    }

    private static ForebayException unavailable(String message, @Nullable Throwable cause) {
        return cause == null
                ? new ForebayException(ErrorCode.UNAVAILABLE, message)
                : new ForebayException(ErrorCode.UNAVAILABLE, message, cause);
    }

    Kind kind() {
        return kind;
    }

    ForebayException told() {
        return told;
    }

    /** Null when the server did not say. */
    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }
}
