package io.forebay.wal;

/**
 * The only place where this module makes threads: {@code wal-sync} and {@code wal-extents}, one each per open log, and a
 * virtual {@code wal-ack} per sync that somebody waited for.
 */
final class WalThreads {

    private WalThreads() {}

    /** Starts it. A daemon: a program that forgets to close its log can still end, as if it had crashed. */
    static Thread start(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Runs what tells the waiting ones. */
    static void answer(Runnable body) {
        Thread.ofVirtual().name("wal-ack").start(body);
    }

    /** Waits for its end; an interrupt is kept for the caller. */
    static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
