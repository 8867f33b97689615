package io.forebay.bench.load;

import java.util.concurrent.locks.LockSupport;

/** The clock of a load, so that a test can have one of its own. */
interface Pace {
    long nanos();

    /** Returns at this time or a little later. */
    void until(long nanos) throws InterruptedException;

    /** The system's: a wait ends some 50 us late, which is measured and reported. */
    static Pace ofSystem() {
        return new Pace() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public void until(long nanos) throws InterruptedException {
                for (long left = nanos - nanos(); left > 0; left = nanos - nanos()) {
                    if (Thread.interrupted()) {
                        throw new InterruptedException();
                    }
                    LockSupport.parkNanos(left);
                }
            }
        };
    }
}
