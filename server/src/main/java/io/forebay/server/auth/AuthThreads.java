package io.forebay.server.auth;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The thread of this package: {@code auth-tokens} looks whether the file of the tokens has changed. */
final class AuthThreads {
    private AuthThreads() {}

    /** @param work must not throw: it would not be called again */
    static ScheduledExecutorService every(long millis, Runnable work) {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "auth-tokens");
            made.setDaemon(true);
            return made;
        });
        thread.scheduleWithFixedDelay(work, millis, millis, TimeUnit.MILLISECONDS);
        return thread;
    }
}
