package io.forebay.server.migrate;

import java.util.ArrayList;
import java.util.List;

/** The threads of a migration: {@code migrate-n} copy and compare collections. */
final class MigrateThreads {
    private MigrateThreads() {}

    /** Runs the same work on so many threads, and waits until all have ended. */
    static void all(int count, Runnable work) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(work, "migrate-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
