package io.forebay.engine;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The one place where the engine makes threads: {@code indexer-n} (apply and link), {@code query-n} (reads and catalog
 * changes), {@code checkpointer} (checkpoints, purges, retries; mostly asleep), {@code forker} (copies collections; there
 * only while it has something to do).
 */
final class EngineThreads implements AutoCloseable {
    private static final long IDLE_SECONDS = 10;

    private final ExecutorService queries;
    private final ScheduledExecutorService checkpointer;
    private final ExecutorService forker;
    /** What waited for a query thread when the time for closing was over. */
    private final List<Runnable> abandoned = new CopyOnWriteArrayList<>();

    EngineThreads(int queryThreads) {
        this.queries = new ThreadPoolExecutor(queryThreads, queryThreads, 0, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), named("query"), EngineThreads::refuse);
        ThreadPoolExecutor one = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), named("forker"), EngineThreads::refuse);
        one.allowCoreThreadTimeOut(true);
        this.forker = one;
        ScheduledThreadPoolExecutor single = new ScheduledThreadPoolExecutor(1, named("checkpointer"));
        single.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        single.setRemoveOnCancelPolicy(true);
        this.checkpointer = single;
    }

    private static void refuse(Runnable task, ThreadPoolExecutor closed) {
        throw new ForebayException(ErrorCode.UNAVAILABLE, "the store is closed");
    }

    ExecutorService queries() {
        return queries;
    }

    ScheduledExecutorService checkpointer() {
        return checkpointer;
    }

    ExecutorService forker() {
        return forker;
    }

    static Thread indexer(int number, Runnable body) {
        Thread thread = new Thread(body, "indexer-" + number);
        thread.setDaemon(true);
        return thread;
    }

    private static ThreadFactory named(String name) {
        AtomicInteger next = new AtomicInteger();
        return body -> {
            Thread thread = new Thread(body, name + "-" + next.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public void close() {
        checkpointer.shutdown();
        forker.shutdown();
        // A fork asks the query threads to log it.
        abandoned.addAll(await(forker));
        queries.shutdown();
        await(checkpointer);
        abandoned.addAll(await(queries));
    }

    /** To be called when the record segments are closed: each finds that, and whoever waits for it is told. */
    void runAbandoned() {
        abandoned.forEach(Runnable::run);
        abandoned.clear();
    }

    /** Returns what was not begun in time. */
    private static List<Runnable> await(ExecutorService executor) {
        try {
            if (executor.awaitTermination(5, TimeUnit.SECONDS)) {
                return List.of();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return executor.shutdownNow();
    }
}
