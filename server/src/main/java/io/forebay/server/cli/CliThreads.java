package io.forebay.server.cli;

import java.util.concurrent.CountDownLatch;
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
