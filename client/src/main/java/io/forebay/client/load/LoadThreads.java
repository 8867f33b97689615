package io.forebay.client.load;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * All threads of a bulk loader are made here, daemons: {@code load-send-n} make batches and send them, {@code
 * load-checkpoint} writes the checkpoint, {@code load-timer} sends again later and cuts what waits too long, {@code
 * load-progress} tells how far it is.
 */
final class LoadThreads implements AutoCloseable {
    private static final int SENDERS_MAX = 4;

    final ExecutorService senders;
    final ExecutorService checkpoint;
    final ScheduledExecutorService timer;
    final ScheduledExecutorService progress;

    LoadThreads() {
        int cores = Runtime.getRuntime().availableProcessors();
        senders = Executors.newFixedThreadPool(Math.max(2, Math.min(SENDERS_MAX, cores)), named("load-send"));
        checkpoint = Executors.newSingleThreadExecutor(named("load-checkpoint"));
        timer = Executors.newSingleThreadScheduledExecutor(named("load-timer"));
        progress = Executors.newSingleThreadScheduledExecutor(named("load-progress"));
    }

    private static ThreadFactory named(String name) {
        AtomicInteger count = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public void close() {
        timer.shutdownNow();
        progress.shutdownNow();
        senders.shutdown();
        checkpoint.shutdown();
    }
}
