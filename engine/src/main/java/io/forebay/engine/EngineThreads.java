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
 * changes), {@code checkpointer} (checkpoints, purges), {@code timer} (what must be prompt and is short: retries, looks);
 * and, there only while they have something to do, {@code forker} (copies collections), {@code remover} (takes away
 * dropped ones), {@code opener-n} (opens vectors after a start) and {@code arena-sync-n} (syncs of many vector segments
 * at once).
 */
final class EngineThreads implements AutoCloseable {
    private static final long IDLE_SECONDS = 10;
    /** A file system takes syncs of many files in one step, if they come at once. */
    private static final int SYNCERS = 16;

    private final ExecutorService queries;
    private final ScheduledExecutorService checkpointer;
    private final ScheduledExecutorService timer;
    private final ExecutorService forker;
    private final ExecutorService remover;
    private final ExecutorService openers;
    private final ExecutorService syncers;
    /** What waited for a query thread when the time for closing was over. */
    private final List<Runnable> abandoned = new CopyOnWriteArrayList<>();

    EngineThreads(int queryThreads) {
        this.queries = new ThreadPoolExecutor(queryThreads, queryThreads, 0, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), named("query"), EngineThreads::refuse);
        this.forker = passing("forker", 1);
        this.remover = passing("remover", 1);
        this.openers = passing("opener", Math.max(1, queryThreads / 2));
        this.syncers = passing("arena-sync", SYNCERS);
        this.checkpointer = scheduled("checkpointer");
        this.timer = scheduled("timer");
    }

    private static ScheduledExecutorService scheduled(String name) {
        ScheduledThreadPoolExecutor single = new ScheduledThreadPoolExecutor(1, named(name));
        single.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        single.setRemoveOnCancelPolicy(true);
        return single;
    }

    /** Threads that are there only while they have something to do. */
    private static ExecutorService passing(String name, int count) {
        ThreadPoolExecutor made = new ThreadPoolExecutor(count, count, IDLE_SECONDS, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), named(name), EngineThreads::refuse);
        made.allowCoreThreadTimeOut(true);
        return made;
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

    /** For what is short: it must not wait for a checkpoint, nor anything on it for a disk. */
    ScheduledExecutorService timer() {
        return timer;
    }

    ExecutorService forker() {
        return forker;
    }

    ExecutorService remover() {
        return remover;
    }

    ExecutorService openers() {
        return openers;
    }

    /** Open until the record segments are closed, whose last flush needs them. */
    ExecutorService syncers() {
        return syncers;
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
        timer.shutdown();
        forker.shutdown();
        remover.shutdown();
        openers.shutdown();
        await(remover);
        await(openers);
        // A fork asks the query threads to log it.
        abandoned.addAll(await(forker));
        queries.shutdown();
        await(timer);
        await(checkpointer);
        abandoned.addAll(await(queries));
    }

    /** To be called when the record segments are closed: each finds that, and whoever waits for it is told. */
    void runAbandoned() {
        syncers.shutdown();
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
