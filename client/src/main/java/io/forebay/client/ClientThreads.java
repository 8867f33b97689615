package io.forebay.client;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** All threads of the client are made here: daemons named {@code forebay-client-n}. */
final class ClientThreads {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private ClientThreads() {}

    static ExecutorService executor() {
        return Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "forebay-client-" + COUNT.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }
}
