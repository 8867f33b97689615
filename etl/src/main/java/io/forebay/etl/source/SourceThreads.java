package io.forebay.etl.source;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Runs what waits for the network on a virtual thread: there an interrupt closes the socket that is waited for, while on
 * a platform thread it would go unnoticed until the next byte or the time-out.
 */
final class SourceThreads {
    /** What is run. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException, InterruptedException;
    }

    private SourceThreads() {}

    /** Returns or throws when the work has ended, also after an interrupt: nobody else touches the target meanwhile. */
    static void run(Work work) throws IOException, InterruptedException {
        FutureTask<Void> task = new FutureTask<>(() -> {
            work.run();
            return null;
        });
        Thread thread = Thread.ofVirtual().name("import-fetch").start(task);
        try {
            task.get();
        } catch (InterruptedException e) {
            thread.interrupt();
            boolean ended = false;
            while (!ended) {
                try {
                    thread.join();
                    ended = true;
                } catch (InterruptedException again) {
                    // It was told already.
                }
            }
            throw e;
        } catch (ExecutionException e) {
            rethrow(e.getCause() == null ? e : e.getCause());
        }
    }

    private static void rethrow(Throwable cause) throws IOException, InterruptedException {
        switch (cause) {
            case IOException e -> throw e;
            case InterruptedException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(cause);
        }
    }
}
