package io.forebay.server.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads of the command line are made here, and it waits here. */
final class CliThreads {
    private CliThreads() {}

    static Thread start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Every so many milliseconds, until what this answers is run. */
    static Runnable every(String name, long millis, Runnable work) {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        timer.scheduleAtFixedRate(work, millis, millis, TimeUnit.MILLISECONDS);
        return timer::shutdownNow;
    }

    /** Runs when the process is asked to end, by SIGTERM, SIGINT or its own exit. */
    static Thread atExit(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        Runtime.getRuntime().addShutdownHook(thread);
        return thread;
    }

    /** Waits, without anything that could end it earlier but an interrupt. */
    static void pause(long millis) throws InterruptedException {
        new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    }
}
