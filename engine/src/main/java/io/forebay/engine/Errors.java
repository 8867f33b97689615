package io.forebay.engine;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.wal.WalException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Turns what the parts throw into what a caller of the engine is told. */
final class Errors {
    private Errors() {}

    static ForebayException ofLog(WalException failure) {
        ErrorCode code = switch (failure.reason()) {
            case DISK_FULL -> ErrorCode.INSUFFICIENT_STORAGE;
            case TOO_LARGE -> ErrorCode.PAYLOAD_TOO_LARGE;
            default -> ErrorCode.UNAVAILABLE;
        };
        return new ForebayException(code, "The log refuses writes: " + failure.getMessage(), failure);
    }

    /** Of a record segment that is closed or cannot read or write; a full disk is told as everywhere else. */
    static ForebayException ofRecords(RuntimeException failure) {
        ErrorCode code = Parking.isDiskFull(failure) ? ErrorCode.INSUFFICIENT_STORAGE : ErrorCode.UNAVAILABLE;
        return new ForebayException(code, "The store cannot answer: " + failure.getMessage(),
                failure);
    }

    /** The same future, failing with what {@link #ofLog} makes of the log's failure. */
    static <T> CompletableFuture<T> mapLog(CompletableFuture<T> future) {
        return future.exceptionallyCompose(failure -> CompletableFuture.failedFuture(unwrap(failure)));
    }

    /** What a failed future was failed with, as a caller should see it. */
    static Throwable unwrap(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof WalException wal ? ofLog(wal) : cause;
    }
}
