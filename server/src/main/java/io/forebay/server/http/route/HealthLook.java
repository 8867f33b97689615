package io.forebay.server.http.route;

import io.forebay.engine.Forebay;
import io.forebay.engine.Health;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.server.ops.ServerOps;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The health of the server, for all who ask at the same time at once: however many do, one look is under way and one is
 * to come, and neither waits behind scrapes, overviews or feeds.
 *
 * <p>Threads: any may ask; the looks, and what is done with their results, are on a thread of their own.
 *
 * <p>Invariants: who asks gets what a look saw that began after he had asked.
 */
final class HealthLook {
    private final Forebay engine;
    private final ServerOps ops;
    private final Executor thread;
    /** Not begun. */
    private @Nullable CompletableFuture<Health> next;

    /** @param thread one, or looks would go side by side */
    HealthLook(Forebay engine, ServerOps ops, Executor thread) {
        this.engine = engine;
        this.ops = ops;
        this.thread = thread;
    }

    synchronized CompletableFuture<Health> ask() {
        CompletableFuture<Health> known = next;
        if (known != null) {
            return known;
        }
        CompletableFuture<Health> mine = new CompletableFuture<>();
        next = mine;
        try {
            thread.execute(() -> look(mine));
        } catch (RejectedExecutionException stopped) {
            next = null;
            mine.completeExceptionally(
                    new ForebayException(ErrorCode.UNAVAILABLE, "the server is being stopped", stopped));
        }
        return mine;
    }

    private void look(CompletableFuture<Health> asked) {
        synchronized (this) {
            next = null;
        }
        try {
            asked.complete(ops.with(engine.health()));
        } catch (Throwable e) {
            asked.completeExceptionally(e);
        }
    }
}
