package io.forebay.server.lag;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The thread of this package: {@code lag-monitor} looks once a second which collections moved. */
final class LagThreads {
    private LagThreads() {}

    /** @param work must not throw: it would not be called again */
    static ScheduledExecutorService every(long millis, Runnable work) {
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "lag-monitor");
            made.setDaemon(true);
            return made;
        });
        thread.scheduleAtFixedRate(work, millis, millis, TimeUnit.MILLISECONDS);
        return thread;
    }
}
