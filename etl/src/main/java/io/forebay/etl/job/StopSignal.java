package io.forebay.etl.job;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells a job at work to end. Threads: any. */
public final class StopSignal {
    private final CountDownLatch stopped = new CountDownLatch(1);
    private @Nullable Thread interruptible;

    public synchronized void stop() {
        stopped.countDown();
        if (interruptible != null) {
            interruptible.interrupt();
        }
    }

    public boolean isStopped() {
        return stopped.getCount() == 0;
    }

    /** Waits so long, or until it is stopped: then true. */
    public boolean await(long millis) throws InterruptedException {
        return stopped.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Until it is closed, a stop interrupts the thread; for work that cannot look by itself. */
    public synchronized Interrupting interrupting(Thread thread) {
        if (isStopped()) {
            thread.interrupt();
        }
        interruptible = thread;
        return this::release;
    }

    private synchronized void release() {
        interruptible = null;
        if (isStopped()) {
            Thread.interrupted(); // it was for what is over now
        }
    }

    /** See {@link #interrupting}. */
    public interface Interrupting extends AutoCloseable {
        @Override
        void close();
    }
}
