package io.forebay.server.logging;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hands lines to a thread of their own, so that nobody who logs waits for who reads standard error: event loops log,
 * and a pipe whose reader has stopped would stop them all. When the queue is full, lines are dropped and counted, and
 * the next that finds room says how many.
 *
 * <p>Threads: any; the lock is held while an event is put into the queue, never while one is written.
 *
 * <p>Failure: what waits when the process is killed is lost; {@link LogForm#finish} is called before it ends by itself.
 */
public final class UnblockedAppender extends AsyncAppender {
    private static final AtomicLong DROPPED = new AtomicLong();

    private final Object lock = new Object();
    private long untold;

    public UnblockedAppender() {
        setNeverBlock(true);
        setDiscardingThreshold(0); // all levels alike, and only when it is full
    }

    @Override
    protected void append(ILoggingEvent event) {
        synchronized (lock) {
            // One place is kept for the line that tells.
            if (getRemainingCapacity() < 2) {
                untold++;
                DROPPED.incrementAndGet();
                return;
            }
            if (untold > 0 && getContext() instanceof LoggerContext context) {
                super.append(new LoggingEvent(UnblockedAppender.class.getName(),
                        context.getLogger(UnblockedAppender.class), Level.WARN,
                        "{} lines of the log were dropped: standard error was read too slowly", null,
                        new Object[]{untold}));
                untold = 0;
            }
            super.append(event);
        }
    }

    /** Lines that were dropped since the start. */
    public static long dropped() {
        return DROPPED.get();
    }
}
