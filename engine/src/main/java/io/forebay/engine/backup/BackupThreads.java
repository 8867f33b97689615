package io.forebay.engine.backup;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Where threads of backups are made: {@code backup-0}, there only while one is made or verified. */
final class BackupThreads {
    private static final long IDLE_SECONDS = 10;

    private BackupThreads() {}

    static ExecutorService one() {
        ThreadPoolExecutor made = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), task -> Thread.ofPlatform().name("backup-0").unstarted(task));
        made.allowCoreThreadTimeOut(true);
        return made;
    }
}
