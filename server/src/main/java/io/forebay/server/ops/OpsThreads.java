package io.forebay.server.ops;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** The thread of this package: {@code ops} writes the audit log and looks for new certificates, so it may touch files. */
final class OpsThreads {
    private OpsThreads() {}

    static ScheduledExecutorService one() {
        return Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "ops");
            thread.setDaemon(true);
            return thread;
        });
    }
}
