package io.forebay.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The one place where benchmarks make threads: {@code load-n} for clients, {@code beside} for what goes on beside a
 * measurement, {@code service-n} for a service that is called, {@code server-out} for a child's output.
 */
public final class BenchThreads {
    private BenchThreads() {}

    /**
     * Runs the task on so many threads at once and returns what they return.
     *
     * <p>Failure: the first task that fails ends the others by interrupting them; its exception is thrown.
     */
    public static <T> List<T> onEach(int threads, Callable<T> task) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads, named("load"));
        try {
            ExecutorCompletionService<T> running = new ExecutorCompletionService<>(pool);
            for (int i = 0; i < threads; i++) {
                running.submit(task);
            }
            List<T> results = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Future<T> done = running.take();
                results.add(done.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : new IllegalStateException(e.getCause());
        } catch (CancellationException e) {
            throw new IllegalStateException("a client was cancelled", e);
        } finally {
            pool.shutdownNow();
        }
    }

    /** As many as there is work at once, for a service that stands for another machine. */
    public static ExecutorService asMany(String name) {
        return Executors.newCachedThreadPool(named(name));
    }

    /** Runs the task in a thread of its own. */
    public static <T> Future<T> beside(Callable<T> task) {
        FutureTask<T> future = new FutureTask<>(task);
        Thread thread = new Thread(future, "beside");
        thread.setDaemon(true);
        thread.start();
        return future;
    }

    /** Runs when this process exits. */
    static void atExit(Runnable body) {
        Runtime.getRuntime().addShutdownHook(new Thread(body, "at-exit"));
    }

    static Thread serverOutput(Runnable body) {
        Thread thread = new Thread(body, "server-out");
        thread.setDaemon(true);
        thread.start();
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
}
