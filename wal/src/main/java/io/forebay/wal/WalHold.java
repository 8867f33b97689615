package io.forebay.wal;

import org.jspecify.annotations.Nullable;

/**
 * The lock of a log, held by a tool that works on what lies beside it: no store can be opened until it is
 * closed. See {@link WalTools#hold}.
 *
 * <p>Threads: any.
 */
public final class WalHold implements AutoCloseable {
    private final @Nullable LogLock lock;

    WalHold(@Nullable LogLock lock) {
        this.lock = lock;
    }

    /** False where there was no lock file, and so nothing to hold. */
    public boolean isHeld() {
        return lock != null;
    }

    @Override
    public void close() {
        if (lock != null) {
            lock.close();
        }
    }
}
