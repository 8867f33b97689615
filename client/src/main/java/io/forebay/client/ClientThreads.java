package io.forebay.client;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * All threads of a client are made here, and all are daemons: {@code forebay-client-n} run what callers hang on to futures, and
 * write frames that no caller's thread may write; {@code forebay-reader-n}, one for each binary connection, read answers;
 * {@code forebay-timer}, at most one, knows when a request has waited too long and when to try again.
 *
 * <p>Invariant: a reader or the timer never writes to a socket and never waits for one, else two ends that are both full
 * would wait for each other ({@link #mayBlock}).
 */
final class ClientThreads {
    private static final AtomicInteger COUNT = new AtomicInteger();

    /** What to do about tasks that will not come to run. */
    private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();
    private final ExecutorService workers = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "forebay-client-" + COUNT.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    });
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1,
            task -> new Prompt(task, "forebay-timer"));

    ClientThreads() {
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** One that must come back soon. */
    private static final class Prompt extends Thread {
        Prompt(Runnable task, String name) {
            super(task, name);
            setDaemon(true);
        }
    }

    ExecutorService workers() {
        return workers;
    }

    /** For what takes no time; anything else it hands to a worker. */
    ScheduledExecutorService timer() {
        return timer;
    }

    /** Started. */
    static void reader(Runnable task) {
        new Prompt(task, "forebay-reader-" + COUNT.incrementAndGet()).start();
    }

    static boolean mayBlock() {
        return !(Thread.currentThread() instanceof Prompt);
    }

    /** On a worker; where there are none any more, here. */
    void run(Runnable task) {
        try {
            workers.execute(task);
        } catch (RejectedExecutionException closed) {
            task.run();
        }
    }

    /** On a worker, later; where the client is closed before, {@code refused} instead. */
    void later(long millis, Runnable task, Runnable refused) {
        AtomicBoolean isDone = new AtomicBoolean();
        Runnable onClose = () -> {
            if (isDone.compareAndSet(false, true)) {
                refused.run();
            }
        };
        waiting.add(onClose);
        try {
            timer.schedule(() -> {
                waiting.remove(onClose);
                if (isDone.compareAndSet(false, true)) {
                    run(task);
                }
            }, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            waiting.remove(onClose);
            onClose.run();
        }
    }

    /** The same future, but what hangs on it runs on a worker, where it may take its time and call this client. */
    <T> CompletableFuture<T> handOver(CompletableFuture<T> future) {
        if (future.isDone() && !future.isCompletedExceptionally()) {
            return future;
        }
        CompletableFuture<T> handed = new CompletableFuture<>();
        future.whenComplete((value, failure) -> run(() -> {
            if (failure == null) {
                handed.complete(value);
            } else {
                handed.completeExceptionally(Waiting.cause(failure));
            }
        }));
        return handed;
    }

    boolean isClosed() {
        return workers.isShutdown();
    }

    void close() {
        timer.shutdownNow();
        waiting.forEach(Runnable::run);
        waiting.clear();
        workers.shutdown();
    }
}
