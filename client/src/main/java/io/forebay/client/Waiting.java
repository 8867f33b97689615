package io.forebay.client;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.NotReachedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Turns a future into its value or into the exception that it failed with. */
final class Waiting {
    private Waiting() {}

    static <T> T on(CompletableFuture<T> future) {
        try {
            return get(future);
        } catch (ExecutionException e) {
            throw rethrown(cause(e));
        }
    }

    /** Of one attempt: what may be mended stays an {@link AttemptFailure}. */
    static <T> T onAttempt(CompletableFuture<T> future) {
        try {
            return get(future);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AttemptFailure attempt) {
                throw attempt;
            }
            throw rethrown(cause(e));
        }
    }

    private static <T> T get(CompletableFuture<T> future) throws ExecutionException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(true);
            Thread.currentThread().interrupt();
            throw new ForebayException(ErrorCode.UNAVAILABLE, "interrupted while waiting for the server", e);
        }
    }

    /** What failed, without the wrappings of futures and attempts. */
    static Throwable cause(Throwable failure) {
        Throwable inner = failure;
        while ((inner instanceof CompletionException || inner instanceof ExecutionException)
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner instanceof AttemptFailure attempt ? attempt.told() : inner;
    }

    /** A new exception of the caller's thread, so that the trace shows who called. */
    static RuntimeException rethrown(Throwable cause) {
        if (cause instanceof NotReachedException late) {
            return new NotReachedException(late);
        }
        if (cause instanceof ForebayException known) {
            return known.again();
        }
        return new ForebayException(ErrorCode.INTERNAL, "the client failed: " + cause, cause);
    }
}
