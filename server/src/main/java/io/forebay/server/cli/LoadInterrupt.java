package io.forebay.server.cli;

import java.util.concurrent.CountDownLatch;

/**
 * Ctrl-C and SIGTERM while a command is at work: something is put in order before the process ends.
 *
 * <p>Threads: the hook runs on a thread of the shutdown; the command's own thread, which then fails, waits for the end.
 */
final class LoadInterrupt {
    private final Thread hook;
    private volatile boolean stopped;

    private LoadInterrupt(Runnable work) {
        hook = CliThreads.atExit("put-in-order", () -> {
            stopped = true;
            work.run();
        });
    }

    static LoadInterrupt watch(Runnable work) {
        return new LoadInterrupt(work);
    }

    /** What fails because it was stopped is no news. */
    void awaitIfStopped() throws InterruptedException {
        if (stopped) {
            new CountDownLatch(1).await();
        }
    }

    /** The command is over. */
    void forget() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException atTheEnd) {
            // The hook runs, and does what it is for.
        }
    }
}
