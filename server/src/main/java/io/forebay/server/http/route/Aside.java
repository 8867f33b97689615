package io.forebay.server.http.route;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** Answers that look at every collection or ask RocksDB: not on the threads of the network, which wait for nothing. */
record Aside(Executor threads) {
    CompletableFuture<Response> answer(Supplier<Response> work) {
        try {
            return CompletableFuture.supplyAsync(work, threads);
        } catch (RejectedExecutionException stopped) {
            return CompletableFuture.failedFuture(
                    new ForebayException(ErrorCode.UNAVAILABLE, "the server is being stopped", stopped));
        }
    }
}
