package io.forebay.server.http;

import io.forebay.engine.EngineMetrics;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * An engine with these metrics, one thread and no linking to do stops indexing after the first group that it applies once
 * {@link #hold} was called, until {@link #release}: what is written behind that is acked and not applied.
 */
public final class HeldIndexer implements EngineMetrics {
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch reached = new CountDownLatch(1);
    private volatile boolean held;

    public void hold() {
        held = true;
    }

    @Override
    public void applied(int records, long nanos) {
        if (held) {
            reached.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Until the indexer stands. */
    public void awaitHeld() throws InterruptedException {
        if (!reached.await(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("nothing was applied");
        }
    }

    public void release() {
        held = false;
        released.countDown();
    }
}
