package io.forebay.etl;

import io.forebay.etl.pipeline.JobThreads;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The one place where the import service makes threads: {@code import-job-n} (one for each job at work, it loads),
 * {@code import-read-n} (one for each, it reads), {@code import-worker-n} (transform and embed in this process, as many as
 * there are processors), {@code import-call-n} (virtual: calls to embedding services, which wait for the network), and
 * {@code import-timer} (samples memory, starts jobs, sweeps).
 */
final class ImportThreads implements JobThreads, AutoCloseable {
    private static final long IDLE_SECONDS = 10;
    private static final long END_SECONDS = 30;

    private final ExecutorService jobs;
    private final ExecutorService readers;
    private final ExecutorService workers;
    private final ExecutorService calls;
    private final ScheduledExecutorService timer;
    private final ExecutorService sweeper;

    ImportThreads(int jobsAtOnce, int workerCount) {
        this.jobs = passing("import-job", jobsAtOnce);
        this.readers = passing("import-read", jobsAtOnce);
        this.workers = passing("import-worker", workerCount);
        this.sweeper = passing("import-sweep", 1);
        this.calls = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("import-call-", 0).factory());
        ScheduledThreadPoolExecutor single = new ScheduledThreadPoolExecutor(1, named("import-timer"));
        single.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.timer = single;
    }

    private static ExecutorService passing(String name, int count) {
        ThreadPoolExecutor made = new ThreadPoolExecutor(count, count, IDLE_SECONDS, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), named(name));
        made.allowCoreThreadTimeOut(true);
        return made;
    }

    private static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        };
    }

    ExecutorService jobs() {
        return jobs;
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    ExecutorService sweeper() {
        return sweeper;
    }

    @Override
    public ExecutorService readers() {
        return readers;
    }

    @Override
    public ExecutorService workers() {
        return workers;
    }

    @Override
    public ExecutorService calls() {
        return calls;
    }

    /** Who was told to stop before ends by itself; the others are interrupted. */
    @Override
    public void close() {
        timer.shutdownNow();
        calls.shutdownNow(); // nobody waits for an answer from elsewhere any more
        for (ExecutorService each : new ExecutorService[]{jobs, readers, sweeper, workers, calls}) {
            each.shutdown();
        }
        try {
            for (ExecutorService each : new ExecutorService[]{jobs, readers, sweeper, workers, calls}) {
                if (!each.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                    each.shutdownNow();
                    each.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
                }
            }
        } catch (InterruptedException e) {
            jobs.shutdownNow();
            readers.shutdownNow();
            calls.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
