package io.forebay.wal;

/**
 * The lock of a log, held by a tool that works on what lies beside it: no store can be opened until it is
 * closed. See {@link WalTools#hold}.
 *
 * <p>Threads: any.
 */
public final class WalHold implements AutoCloseable {
    private final LogLock lock;

    WalHold(LogLock lock) {
        this.lock = lock;
    }

    @Override
    public void close() {
        lock.close();
    }
}
