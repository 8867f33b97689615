package io.forebay.index.record;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Counts the calls that are inside native objects, so that these are freed only when none is: a use after the
 * close is an exception, never a fault of the process.
 *
 * <p>Threads: any; {@link #close} waits for the calls inside.
 */
final class Gate {
    private static final int CLOSED = Integer.MIN_VALUE;

    private final String what;
    /** How many are inside, plus CLOSED once closing began. */
    private final AtomicInteger inside = new AtomicInteger();
    private volatile @Nullable Thread closer;
    private volatile @Nullable Runnable check;

    Gate(String what) {
        this.what = what;
    }

    void enter() {
        int seen = inside.get();
        while (true) {
            if (seen < 0) {
                throw closed();
            }
            int witness = inside.compareAndExchange(seen, seen + 1);
            if (witness == seen) {
                return;
            }
            seen = witness;
        }
    }

    void exit() {
        if (inside.decrementAndGet() == CLOSED) {
            LockSupport.unpark(closer);
        }
    }

    /** Asked by long calls now and then, so that a close, or somebody who gave up, does not wait for them to end. */
    void checkOpen() {
        if (inside.get() < 0) {
            throw closed();
        }
        Runnable also = check;
        if (also != null) {
            also.run();
        }
    }

    /** @param throwing run by {@link #checkOpen} too: its exception ends the call that is inside */
    void alsoCheck(Runnable throwing) {
        check = throwing;
    }

    /** Lets nobody in any more and waits until everyone is out; false when it was closed before. */
    boolean close() {
        closer = Thread.currentThread();
        if (inside.getAndUpdate(count -> count | CLOSED) < 0) {
            return false;
        }
        boolean interrupted = false;
        while (inside.get() != CLOSED) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return true;
    }

    private IllegalStateException closed() {
        return new IllegalStateException("the " + what + " is closed");
    }
}
